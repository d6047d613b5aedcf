// @ts-check
/** Draws the day's line on: its last point is the price, a new one begins every few minutes. */

import { set } from "./writing.js";

const WIDTH = 96;
const HEIGHT = 24;
const INSET = 1.5;
const MOST = 40;
const STEP_MS = 10 * 60_000;

export class Sparkline {
  #svg;
  #line;
  #base;
  /** @type {number[]} */
  #prices = [];
  #low = 0;
  #high = 0;
  #begun = Date.now();

  /** @param {Element} row */
  constructor(row) {
    this.#svg = row.querySelector(".spark svg");
    this.#line = this.#svg?.querySelector("polyline") ?? null;
    this.#base = this.#svg?.querySelector(".base") ?? null;
  }

  /** @param {number} price */
  show(price) {
    if (!this.#line) return;
    if (!this.#prices.length) this.#read();
    if (Date.now() - this.#begun > STEP_MS) this.#begin(price);
    this.#prices[this.#prices.length - 1] = price;
    if (price < this.#low || price > this.#high) this.#rescale(price);
    set(this.#line, "points", this.#points());
  }

  /** Prices are read back from what the server drew. */
  #read() {
    this.#low = Number(this.#svg?.getAttribute("data-low"));
    this.#high = Number(this.#svg?.getAttribute("data-high"));
    const points = this.#line?.getAttribute("points")?.split(" ") ?? [];
    this.#prices = points.map((point) => this.#price(Number(point.split(",")[1])));
  }

  /** @param {number} price */
  #begin(price) {
    this.#begun = Date.now();
    this.#prices.push(price);
    if (this.#prices.length > MOST) this.#prices.shift();
  }

  /** @param {number} price */
  #rescale(price) {
    const before = this.#base ? this.#price(Number(this.#base.getAttribute("y1"))) : null;
    this.#low = Math.min(this.#low, price);
    this.#high = Math.max(this.#high, price);
    if (before === null || !this.#base) return;
    for (const name of ["y1", "y2"]) set(this.#base, name, this.#y(before));
  }

  #points() {
    const last = Math.max(1, this.#prices.length - 1);
    return this.#prices
      .map((price, place) => `${((place * WIDTH) / last).toFixed(1)},${this.#y(price)}`)
      .join(" ");
  }

  /** @param {number} price */
  #y(price) {
    const part = this.#high > this.#low ? (price - this.#low) / (this.#high - this.#low) : 0.5;
    return (HEIGHT - INSET - part * (HEIGHT - 2 * INSET)).toFixed(1);
  }

  /** @param {number} y */
  #price(y) {
    return this.#low + ((HEIGHT - INSET - y) / (HEIGHT - 2 * INSET)) * (this.#high - this.#low);
  }
}
