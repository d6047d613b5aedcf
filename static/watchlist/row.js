// @ts-check
/** One row of the watchlist, and what it shows of the newest quote. */

import { signed } from "../quote.js";
import { NearestLevel } from "./nearest.js";
import { Sparkline } from "./sparkline.js";
import { hide, put, set } from "./writing.js";

/** @typedef {import("../quote.js").Quote} Quote */

export class Row {
  element;
  id;
  symbol;
  signature;
  find;
  name;
  added;
  fired;
  /** When its quote was stamped, in epoch milliseconds; null without a quote. */
  at;
  /** @type {number | null} */
  change;
  /** @type {number | null} In percent of the price, without a sign. */
  away = null;

  #parts;
  #maxAge;
  #nearest;
  #spark;

  /** @param {HTMLElement} element */
  constructor(element) {
    const { monitor, symbol, signature, find, added, fired, maxAge } = element.dataset;
    this.element = element;
    this.id = Number(monitor);
    this.symbol = symbol ?? "";
    this.signature = signature ?? "";
    this.find = find ?? "";
    this.added = Number(added);
    this.fired = fired === undefined ? null : Number(fired);
    this.#maxAge = Number(maxAge);
    const part = (/** @type {string} */ name) => element.querySelector(name);
    this.#parts = {
      price: /** @type {HTMLElement} */ (part("[data-price]")),
      change: part("[data-change]"),
      percent: part("[data-change-pct]"),
      at: part("[data-at]"),
      age: part("[data-age]"),
      stale: part("[data-stale]"),
      frozen: part("[data-frozen]"),
    };
    // The node that ages are written into is there from the first, so that a page never grows.
    this.#parts.age?.append("");
    this.name = part(".name")?.textContent ?? "";
    const at = this.#parts.at?.getAttribute("datetime");
    this.at = at ? Date.parse(at) : null;
    const percent = parseFloat(this.#parts.percent?.textContent ?? "");
    this.change = Number.isNaN(percent) ? null : percent;
    this.#nearest = new NearestLevel(element);
    this.#spark = new Sparkline(element);
    const price = Number(this.#parts.price.textContent);
    if (price) this.away = this.#nearest.show(price);
  }

  /**
   * Show a quote; return how the price moved since the last one.
   * @param {Quote} quote
   * @param {string} time Its time as the page writes times.
   */
  show(quote, time) {
    if (quote.price === null) return 0;
    const { price, change, percent, at, frozen } = this.#parts;
    const value = Number(quote.price);
    const moved = value - Number(price.textContent);
    put(change, signed(quote.change));
    put(percent, quote.change_pct === null ? "" : `${signed(quote.change_pct)} %`);
    put(at, time);
    set(at, "datetime", quote.at ?? "");
    this.at = quote.at ? Date.parse(quote.at) : null;
    this.change = quote.change_pct === null ? null : Number(quote.change_pct);
    hide(frozen, quote.frozen !== true);
    this.#drop("[data-unknown]");
    if (quote.state === "trading") this.#drop("[data-state-label]");
    this.#turn(Number(quote.change));
    if (moved === 0) return 0;
    put(price, quote.price);
    this.away = this.#nearest.show(value);
    this.#spark.show(value);
    return moved;
  }

  /**
   * Say how old the price is, where it is not of just now.
   * @param {number} now
   * @param {(seconds: number) => string} words
   */
  grow(now, words) {
    if (this.at === null) return;
    const seconds = (now - this.at) / 1000;
    put(this.#parts.age, words(seconds));
    hide(this.#parts.stale, !this.#maxAge || seconds <= this.#maxAge);
  }

  untick() {
    const tick = this.element.querySelector("input.tick");
    if (tick instanceof HTMLInputElement) tick.checked = false;
  }

  /** @param {"rose" | "fell" | null} way */
  flash(way) {
    const { classList } = this.#parts.price;
    classList.toggle("rose", way === "rose");
    classList.toggle("fell", way === "fell");
  }

  /** @param {number} change */
  #turn(change) {
    const { classList } = this.element;
    const now = change > 0 ? "up" : change < 0 ? "down" : "flat";
    if (classList.contains(now)) return;
    classList.remove("up", "down", "flat");
    classList.add(now);
  }

  /** @param {string} mark What a price that came takes away. */
  #drop(mark) {
    if (!this.#dropped.has(mark)) this.element.querySelector(mark)?.remove();
    this.#dropped.add(mark);
  }

  /** @type {Set<string>} */
  #dropped = new Set();
}
