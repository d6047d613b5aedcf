// @ts-check
/** Lines and handles over the chart: a level is dragged by mouse or finger, or moved by keys. */

import { filled, percentBetween } from "./prices.js";

/** @typedef {import("./level_list.js").Level} Level */
/** @typedef {{line: HTMLElement, handle: HTMLElement, level: Level}} Drawn */

/**
 * What the handles ask of the chart.
 * @typedef {object} Scale
 * @property {(price: number) => number | null} y
 * @property {(y: number) => number | null} price
 * @property {() => {width: number, height: number}} size
 * @property {() => number | null} now The newest price.
 */

/**
 * What they tell it.
 * @typedef {object} Moves
 * @property {(level: Level, price: number) => void} drag To this price, for now.
 * @property {(level: Level, ticks: number) => void} step
 * @property {(level: Level) => void} drop Here it shall stay.
 * @property {(level: Level) => void} giveUp
 */

/** Handles are as tall as WCAG wants targets to be, and two more pixels apart. */
const TALL = 24;
const APART = TALL + 2;

export class Handles {
  /** The key of the level that is being dragged. */
  dragged = /** @type {string | null} */ (null);

  #place;
  #scale;
  #moves;
  #words;
  /** @type {Map<string, Drawn>} */
  #drawn = new Map();
  /** @type {Map<number, HTMLElement>} Bands of zones, by rule. */
  #bands = new Map();

  /**
   * @param {HTMLElement} place
   * @param {Scale} scale
   * @param {Moves} moves
   * @param {DOMStringMap} words
   */
  constructor(place, scale, moves, words) {
    this.#place = place;
    this.#scale = scale;
    this.#moves = moves;
    this.#words = words;
  }

  /** @param {Level[]} levels */
  show(levels) {
    const keys = new Set(levels.map(({ key }) => key));
    for (const [key, { line, handle }] of this.#drawn) {
      if (keys.has(key)) continue;
      line.remove();
      handle.remove();
      this.#drawn.delete(key);
    }
    for (const level of levels) this.#word(this.#drawn.get(level.key) ?? this.#make(level), level);
    this.#showBands(levels);
    this.arrange();
  }

  /** Put everything where the chart's scale has it now. */
  arrange() {
    const { width, height } = this.#scale.size();
    this.#place.style.width = `${width}px`;
    this.#place.style.height = `${height}px`;
    const places = [...this.#drawn.values()].map((drawn) => ({ drawn, y: this.#y(drawn.level) }));
    for (const { drawn, y } of places) this.#line(drawn, y, height);
    for (const [rule, band] of this.#bands) this.#band(rule, band, height);
    spread(places.map(({ y }) => clamp(y, TALL / 2, height - TALL / 2)), height).forEach((y, at) => {
      places[at].drawn.handle.style.transform = `translateY(${Math.round(y - TALL / 2)}px)`;
    });
  }

  /** @param {Level} level */
  focus(level) {
    this.#drawn.get(level.key)?.handle.focus();
  }

  /** @param {Level} level */
  #y(level) {
    return this.#scale.y(Number(level.value)) ?? -1e4;
  }

  /** @param {Level} level @returns {Drawn} */
  #make(level) {
    const line = document.createElement("div");
    const handle = document.createElement("div");
    handle.tabIndex = 0;
    handle.dataset.level = level.key;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-orientation", "vertical");
    const drawn = { line, handle, level };
    this.#drawn.set(level.key, drawn);
    this.#listen(drawn);
    this.#place.append(line, handle);
    return drawn;
  }

  /**
   * @param {Drawn} drawn
   * @param {Level} level
   */
  #word(drawn, level) {
    drawn.level = level;
    const { handle, line } = drawn;
    const name = { one: "levelName", low: "edgeLow", high: "edgeHigh" }[level.side];
    handle.setAttribute("aria-label", filled(this.#words[name] ?? "", { label: level.label }));
    handle.setAttribute("aria-valuenow", level.value);
    handle.setAttribute("aria-valuemin", "0");
    handle.setAttribute("aria-valuemax", String(Math.max(1e9, Number(level.value))));
    const now = this.#scale.now();
    const text = now
      ? filled(this.#words.levelText ?? "", {
          level: level.value,
          percent: percentBetween(Number(level.value), now),
        })
      : level.value;
    handle.setAttribute("aria-valuetext", text);
    handle.className = `chart-handle ${level.kind}${this.dragged === level.key ? " dragged" : ""}`;
    line.className = `chart-line ${level.kind} ${level.state}`;
  }

  /**
   * @param {Drawn} drawn
   * @param {number} y
   * @param {number} height
   */
  #line({ line, handle, level }, y, height) {
    line.hidden = y < 0 || y > height;
    line.style.transform = `translateY(${Math.round(y)}px)`;
    const beyond = y < 0 ? "↑ " : y > height ? "↓ " : "";
    const text = `${beyond}${level.label} ${level.value}`;
    if (handle.textContent !== text) handle.textContent = text;
  }

  /** @param {Level[]} levels */
  #showBands(levels) {
    const zones = new Map(
      levels.filter(({ side }) => side === "low").map((level) => [level.rule, level]),
    );
    for (const [rule, band] of this.#bands) {
      if (zones.has(rule)) continue;
      band.remove();
      this.#bands.delete(rule);
    }
    for (const [rule, level] of zones) {
      if (this.#bands.has(rule)) continue;
      const band = document.createElement("div");
      band.className = `chart-band ${level.kind}`;
      this.#bands.set(rule, band);
      this.#place.prepend(band);
    }
  }

  /**
   * @param {number} rule
   * @param {HTMLElement} band
   * @param {number} height
   */
  #band(rule, band, height) {
    const edges = [...this.#drawn.values()].filter(({ level }) => level.rule === rule);
    const ys = edges.map(({ level }) => clamp(this.#y(level), 0, height));
    const top = Math.min(...ys);
    band.style.transform = `translateY(${top}px)`;
    band.style.height = `${Math.max(...ys) - top}px`;
  }

  /** @param {Drawn} drawn */
  #listen(drawn) {
    const { handle } = drawn;
    handle.addEventListener("pointerdown", (event) => this.#begin(drawn, event));
    handle.addEventListener("keydown", (event) => this.#key(drawn, event));
    handle.addEventListener("blur", () => {
      if (this.dragged !== drawn.level.key) this.#moves.drop(drawn.level);
    });
  }

  /**
   * A finger drags only a handle that was tapped before: what scrolls the page moves no level.
   * @param {Drawn} drawn
   * @param {PointerEvent} event
   */
  #begin(drawn, event) {
    const { handle } = drawn;
    if (event.button !== 0) return;
    if (event.pointerType === "touch" && document.activeElement !== handle) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    this.dragged = drawn.level.key;
    handle.classList.add("dragged");
    const { height } = this.#scale.size();
    const from = event.clientY - clamp(this.#y(drawn.level), 0, height);
    const began = event.clientY;
    let moved = false;
    const over = new AbortController();
    const listen = { signal: over.signal };
    const end = (/** @type {"drop" | "giveUp"} */ how) => {
      over.abort();
      this.dragged = null;
      handle.classList.remove("dragged");
      this.#moves[moved ? how : "giveUp"](drawn.level);
    };
    handle.addEventListener("pointermove", ({ clientY }) => {
      moved ||= Math.abs(clientY - began) >= 3;
      const price = this.#scale.price(clientY - from);
      if (moved && price !== null) this.#moves.drag(drawn.level, price);
    }, listen);
    handle.addEventListener("pointerup", () => end("drop"), listen);
    handle.addEventListener("pointercancel", () => end("giveUp"), listen);
    handle.addEventListener("keydown", ({ key }) => key === "Escape" && end("giveUp"), listen);
  }

  /**
   * @param {Drawn} drawn
   * @param {KeyboardEvent} event
   */
  #key({ level }, event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const ticks = KEYS[event.key];
    if (ticks) this.#moves.step(level, ticks);
    else if (event.key === "Enter") this.#moves.drop(level);
    else if (event.key === "Escape") this.#moves.giveUp(level);
    else return;
    event.preventDefault();
  }
}

/** @type {Record<string, number>} */
const KEYS = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
};

/**
 * Move handles that would cover each other apart, in their order.
 * @param {number[]} ys
 * @param {number} height
 */
function spread(ys, height) {
  const order = ys.map((_y, at) => at).sort((one, other) => ys[one] - ys[other]);
  const spaced = [...ys];
  let free = TALL / 2;
  for (const at of order) {
    spaced[at] = Math.max(spaced[at], free);
    free = spaced[at] + APART;
  }
  let room = height - TALL / 2;
  for (const at of order.reverse()) {
    spaced[at] = Math.min(spaced[at], room);
    room = spaced[at] - APART;
  }
  return spaced;
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
