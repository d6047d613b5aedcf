// @ts-check
/** The bar that shows the way to the nearest level, as monitors/views/nearest.py draws it. */

import { put, set } from "../writing.js";
import { distance } from "../quote.js";

const FULL = 10;
const MIDDLE = 50;
const REACH = 48;

export class NearestLevel {
  #place;
  /** @type {[string, string][]} Level and label of all that is waited for. */
  #levels;
  #label;
  #level;
  #far;
  #bar;

  /** @param {Element} row */
  constructor(row) {
    const part = (/** @type {string} */ name) => /** @type {Element} */ (row.querySelector(name));
    this.#levels = JSON.parse(row.getAttribute("data-levels") ?? "[]");
    this.#place = part(".way");
    this.#label = part("[data-way-label]");
    this.#level = part("[data-way-level]");
    this.#far = part("[data-way-distance]");
    this.#bar = part(".bar");
  }

  /**
   * Show the nearest of the levels; return how far it is, in percent of the price without a sign.
   * @param {number} price
   */
  show(price) {
    const away = (/** @type {[string, string]} */ one) => Math.abs(Number(one[0]) - price);
    const first = this.#levels[0];
    if (!first || !price) return null;
    const [level, label] = this.#levels.reduce((one, two) => (away(two) < away(one) ? two : one), first);
    const percent = ((Number(level) - price) * 100) / price;
    const width = Math.min(Math.abs(percent) / FULL, 1) * REACH;
    put(this.#label, label);
    put(this.#level, level);
    put(this.#far, distance(Number(level), price));
    set(this.#bar, "x", (percent < 0 ? MIDDLE - width : MIDDLE).toFixed(1));
    set(this.#bar, "width", width.toFixed(1));
    this.#place.classList.toggle("close", Math.abs(percent) < 1);
    return Math.abs(percent);
  }
}
