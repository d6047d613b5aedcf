// @ts-check
/** The rows of the page: found by monitor and by symbol, drawn anew by the server, sorted again. */

import { Row } from "./row.js";

const ORDERS = {
  added: (/** @type {Row} */ row) => row.added,
  change: (/** @type {Row} */ row) => row.change,
  distance: (/** @type {Row} */ row) => row.away,
  fired: (/** @type {Row} */ row) => row.fired,
};
const TOGETHER_MS = 50;

export class Rows {
  #root;
  #sessions;
  #collator = new Intl.Collator(["zh-Hans-CN", "en"], { numeric: true });
  /** @type {Map<number, Row>} */
  #byId = new Map();
  /** @type {Map<string, Row[]>} */
  #bySymbol = new Map();
  /** @type {Set<number>} */
  #outdated = new Set();
  /** @type {Set<number>} Outdated, too, but somebody is writing in them. */
  #held = new Set();

  /**
   * @param {HTMLElement} root
   * @param {import("../sessions.js").Sessions} sessions
   */
  constructor(root, sessions) {
    this.#root = root;
    this.#sessions = sessions;
    this.#read();
    root.addEventListener("edit-over", () => this.#letGo());
  }

  get ids() {
    return [...this.#byId.keys()];
  }

  /** All rows, in the order of the page. */
  get all() {
    return [...this.#root.querySelectorAll("[data-monitor]")].map(
      (element) => /** @type {Row} */ (this.#byId.get(idOf(element))),
    );
  }

  /** @param {string} symbol */
  of(symbol) {
    return this.#bySymbol.get(symbol) ?? [];
  }

  /** @param {() => void} done Called when rows were drawn anew or taken away. */
  constructed(done) {
    this.#done = done;
  }

  #done = () => {};

  /**
   * Draw a monitor anew if anything but its quote has changed; the server draws.
   * @param {any} monitor
   */
  update(monitor) {
    const row = this.#byId.get(monitor.id);
    if (!row) return;
    if (monitor.deleted) this.#remove(row);
    else if (signature(monitor) !== row.signature) this.#ask(row.id);
  }

  /**
   * Whether a frame says of a row what it does not show yet.
   * @param {any} monitor
   */
  isNews(monitor) {
    const row = this.#byId.get(monitor.id);
    return row !== undefined && !monitor.deleted && signature(monitor) !== row.signature;
  }

  /**
   * Put the whole list in, drawn anew. What is ticked stays so, and what was here keeps its order.
   * @param {DocumentFragment} drawn
   */
  take(drawn) {
    const before = this.all.map((row) => row.id);
    for (const list of drawn.querySelectorAll(".rows")) inOrder(list, before);
    for (const element of drawn.querySelectorAll("[data-monitor]")) {
      const old = this.#byId.get(idOf(element));
      if (old) keepTick(old.element, element);
    }
    this.#root.replaceChildren(drawn);
    this.#read();
    this.#done();
  }

  /**
   * Put the rows of each group into an order, by the prices of now.
   * @param {string} sort As in the address.
   */
  sort(sort) {
    const key = sort.replace("-", "");
    const sign = sort.startsWith("-") ? -1 : 1;
    const compare = (/** @type {Row} */ one, /** @type {Row} */ two) =>
      (key === "name"
        ? this.#collator.compare(one.name, two.name)
        : byNumber(ORDERS[/** @type {keyof ORDERS} */ (key)], one, two, sign)) ||
      two.added - one.added;
    const focused = document.activeElement;
    for (const list of this.#root.querySelectorAll(".rows")) {
      const rows = this.all.filter((row) => row.element.parentElement === list);
      list.append(...rows.sort(compare).map((row) => row.element));
    }
    // What is moved loses the focus.
    if (focused instanceof HTMLElement && this.#root.contains(focused)) focused.focus();
  }

  /** @param {number} id */
  #ask(id) {
    if (!this.#outdated.size) setTimeout(() => void this.#redraw(), TOGETHER_MS);
    this.#outdated.add(id);
  }

  async #redraw() {
    const ids = [...this.#outdated].join(",");
    this.#outdated.clear();
    const answer = await fetch(`${this.#root.dataset.url}?ids=${ids}`);
    if (!answer.ok) return;
    const drawn = document.createElement("template");
    drawn.innerHTML = await answer.text();
    for (const element of drawn.content.querySelectorAll("[data-monitor]")) {
      this.#replace(/** @type {HTMLElement} */ (element));
    }
    this.#index();
    this.#done();
  }

  /** @param {HTMLElement} element */
  #replace(element) {
    const old = this.#byId.get(idOf(element));
    if (!old) return;
    if (old.element.querySelector(".level-field")) {
      this.#held.add(old.id);
      return;
    }
    const focus = focusOf(old.element);
    element.hidden = old.element.hidden;
    keepTick(old.element, element);
    old.element.replaceWith(element);
    this.#byId.set(old.id, new Row(element, this.#sessions));
    focus?.(element);
  }

  /** Draw the rows that waited for somebody to be done. */
  #letGo() {
    for (const id of this.#held) this.#ask(id);
    this.#held.clear();
  }

  /** @param {Row} row */
  #remove(row) {
    const { element } = row;
    const next = element.contains(document.activeElement)
      ? (element.nextElementSibling ?? element.previousElementSibling)
      : null;
    element.remove();
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".name"))?.focus();
    this.#byId.delete(row.id);
    this.#index();
    this.#done();
  }

  #read() {
    this.#byId.clear();
    for (const element of this.#root.querySelectorAll("[data-monitor]")) {
      const row = new Row(/** @type {HTMLElement} */ (element), this.#sessions);
      this.#byId.set(row.id, row);
    }
    this.#index();
  }

  #index() {
    this.#bySymbol.clear();
    for (const row of this.#byId.values()) {
      this.#bySymbol.set(row.symbol, [...this.of(row.symbol), row]);
    }
  }
}

/** @param {Element} element */
function idOf(element) {
  return Number(element.getAttribute("data-monitor"));
}

/**
 * @param {Element} before
 * @param {Element} now
 */
function keepTick(before, now) {
  const [old, anew] = [before, now].map((one) => one.querySelector("input.tick"));
  if (old instanceof HTMLInputElement && anew instanceof HTMLInputElement) anew.checked = old.checked;
}

/**
 * Nothing is sorted again unasked: only what is new has the place that the server gave it.
 * @param {Element} list
 * @param {number[]} before The rows that were here.
 */
function inOrder(list, before) {
  const places = new Map(before.map((id, place) => [id, place]));
  const place = (/** @type {Element} */ row) => places.get(idOf(row));
  const rows = [...list.children];
  const known = rows.filter((row) => place(row) !== undefined);
  known.sort((one, two) => Number(place(one)) - Number(place(two)));
  list.append(...rows.map((row) => (place(row) === undefined ? row : /** @type {Element} */ (known.shift()))));
}

/**
 * Where the focus of a row is, to be put there again when the row is drawn anew.
 * @param {HTMLElement} row
 * @returns {((anew: HTMLElement) => void) | null} Null where it is not in the row.
 */
function focusOf(row) {
  const targets = (/** @type {HTMLElement} */ one) =>
    /** @type {HTMLElement[]} */ ([...one.querySelectorAll("a, button, input")]);
  const [count, at] = [targets(row).length, targets(row).findIndex((one) => one === document.activeElement)];
  if (at < 0) return null;
  // With a button more or less nobody knows which one it was.
  return (anew) => targets(anew)[targets(anew).length === count ? at : 1]?.focus();
}

/**
 * What is not known comes last, whichever way.
 * @param {(row: Row) => number | null} key
 * @param {Row} one
 * @param {Row} two
 * @param {number} sign
 */
function byNumber(key, one, two, sign) {
  const [a, b] = [key(one), key(two)];
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}

/** @param {any} monitor */
function signature(monitor) {
  const rules = monitor.rules.map(
    (/** @type {any} */ rule) => `${rule.id}:${rule.state}:${rule.fired_count}`,
  );
  return [monitor.status, monitor.updated_at, ...rules].join(" ");
}
