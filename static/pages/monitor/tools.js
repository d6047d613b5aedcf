// @ts-check
/** What stands around the chart: the intervals, the switch, and the legend of the crosshair. */

import { filled } from "./prices.js";
import { averages, isOfDays } from "./bars.js";
import { clockFormats, pageLanguage, wallClock } from "./wall_clock.js";

/** @typedef {import("./bars.js").Bar} Bar */
/** @typedef {import("./bars.js").Interval} Interval */

/** @typedef {import("./firings.js").Firing} Firing */
/** @typedef {import("./marks.js").Kind} Kind */

const KEPT = "stockwatch.chart";
/** Firings that are named; there may be more in a bar. */
const NAMED = 2;

export class Tools {
  /** @type {Interval} */
  interval = "5m";
  onInterval = (/** @type {Interval} */ _interval) => {};
  onAll = () => {};

  #root;
  #words;
  #places;
  #kinds;
  #formats;
  #clock;
  #volume;
  #legend;
  #fired;
  #aloud;
  #buttons;
  #all;

  /**
   * @param {HTMLElement} root
   * @param {number} places Of a price.
   * @param {Record<string, Kind>} kinds Of rules.
   */
  constructor(root, places, kinds) {
    this.#root = root;
    this.#words = root.dataset;
    this.#places = places;
    this.#kinds = kinds;
    const language = pageLanguage();
    this.#formats = clockFormats(language);
    this.#clock = wallClock(this.#words.zone ?? "UTC");
    this.#volume = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
    this.#legend = /** @type {HTMLElement} */ (root.querySelector(".chart-legend"));
    this.#fired = /** @type {HTMLElement} */ (root.querySelector(".chart-fired"));
    this.#aloud = /** @type {HTMLElement} */ (root.querySelector(".chart-aloud"));
    this.#buttons = [...root.querySelectorAll("button[data-interval]")];
    this.#all = /** @type {HTMLInputElement} */ (root.querySelector("[data-all-levels]"));
    const zone = /** @type {HTMLElement} */ (root.querySelector("[data-zone-name]"));
    zone.textContent = filled(this.#words.allTimes ?? "", { zone: this.#words.zone ?? "" });
    this.#restore();
    this.#listen();
  }

  /** Whether all levels are to be seen. */
  get all() {
    return this.#all.checked;
  }

  /** What the interval of the bars is called; the day's line is made of minutes. */
  get intervalName() {
    const shown = this.interval === "day" ? "1m" : this.interval;
    return this.#buttons.find((one) => one.getAttribute("data-interval") === shown)?.textContent ?? "";
  }

  /**
   * Tell the bar under the crosshair, or the last one.
   * @param {Bar[]} bars
   * @param {number} [time]
   */
  legend(bars, time) {
    const found = time === undefined ? -1 : bars.findIndex((bar) => bar.time === time);
    const place = found < 0 ? bars.length - 1 : found;
    const bar = bars[place];
    if (!bar) return "";
    const text = this.interval === "day" ? this.#point(bars, place) : this.#candle(bar);
    const change = percent(bar.close, bars[place - 1]?.close ?? bar.open);
    return write(this.#legend, `${this.#when(bar)}  ${text}  ${change}`);
  }

  /**
   * Tell what fired in that bar.
   * @param {Firing[]} firings The newest first.
   */
  fired(firings) {
    const said = firings.slice(0, NAMED).map(({ at, kind, level, price }) =>
      filled(this.#words.fired ?? "", {
        rule: `${this.#kinds[kind]?.label ?? kind} ${level}`,
        price,
        time: this.#formats.full(this.#clock(Date.parse(at))),
      }),
    );
    if (firings.length > NAMED) said.push(`+${firings.length - NAMED}`);
    return write(this.#fired, said.join(" · "));
  }

  /**
   * From when to when bars are.
   * @param {Bar} first
   * @param {Bar} last
   */
  span(first, last) {
    return `${this.#when(first)} – ${this.#when(last)}`;
  }

  /** @param {string} text To who hears the page. */
  say(text) {
    this.#aloud.textContent = text;
  }

  /** @param {Bar} bar */
  #when({ time }) {
    return (isOfDays(this.interval) ? this.#formats.date : this.#formats.full)(time);
  }

  /** @param {boolean} isEmpty Whether there are no bars. */
  empty(isEmpty) {
    this.#root.querySelector(".chart-empty")?.remove();
    if (isEmpty) this.#note(this.#words.noBars);
  }

  failed() {
    this.empty(false);
    this.#note(this.#words.failed);
  }

  /** @param {string | undefined} text */
  #note(text) {
    const note = document.createElement("p");
    note.className = "chart-empty";
    note.textContent = text ?? "";
    this.#root.querySelector("[data-chart]")?.append(note);
  }

  /** @param {Bar} bar */
  #candle(bar) {
    return filled(this.#words.legend ?? "", {
      open: this.#price(bar.open),
      high: this.#price(bar.high),
      low: this.#price(bar.low),
      close: this.#price(bar.close),
      volume: this.#volume.format(bar.volume),
    });
  }

  /**
   * @param {Bar[]} bars
   * @param {number} place
   */
  #point(bars, place) {
    return filled(this.#words.dayLegend ?? "", {
      close: this.#price(bars[place].close),
      average: this.#price(averages(bars.slice(0, place + 1))[place].value),
      volume: this.#volume.format(bars[place].volume),
    });
  }

  /** @param {number} price */
  #price(price) {
    return price.toFixed(this.#places);
  }

  #listen() {
    for (const button of this.#buttons) {
      button.addEventListener("click", () => {
        this.interval = /** @type {Interval} */ (button.getAttribute("data-interval"));
        this.#keep();
        this.onInterval(this.interval);
      });
    }
    this.#all.addEventListener("change", () => {
      this.#keep();
      this.onAll();
    });
  }

  #restore() {
    const [interval, all] = (kept() ?? "").split(" ");
    if (this.#buttons.some((one) => one.getAttribute("data-interval") === interval)) {
      this.interval = /** @type {Interval} */ (interval);
    }
    this.#all.checked = all === "all";
    this.#press();
  }

  #keep() {
    this.#press();
    try {
      localStorage.setItem(KEPT, `${this.interval} ${this.all ? "all" : ""}`);
    } catch {
      // A browser that keeps nothing asks again.
    }
  }

  #press() {
    for (const button of this.#buttons) {
      const pressed = button.getAttribute("data-interval") === this.interval;
      button.setAttribute("aria-pressed", String(pressed));
    }
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
  return text;
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/**
 * @param {number} now
 * @param {number} before
 */
function percent(now, before) {
  if (!before) return "";
  const change = (((now - before) * 100) / before).toFixed(2);
  return `${change.startsWith("-") ? "" : "+"}${change} %`.replace("-0.00", "+0.00");
}
