// @ts-check
/**
 * Draws the day's line on: its last point is the price, a new one begins every few minutes. A line
 * begins with the first quote of a day, which is known by the close that it is compared with.
 */

import { set } from "../writing.js";

const WIDTH = 96;
const HEIGHT = 24;
const INSET = 1.5;
const MOST = 40;
const STEP_MS = 10 * 60_000;
/** Half of the smallest part of a price: what is closer is the same. */
const SAME = 5e-7;
const SVG = "http://www.w3.org/2000/svg";

export class Sparkline {
  #place;
  /** @type {Element | null} */
  #line;
  /** @type {Element | null} */
  #base;
  /** @type {number[]} */
  #prices = [];
  #low = 0;
  #high = 0;
  /** @type {number | null} The close of the day before; null until a quote has said it. */
  #close = null;
  #begun = Date.now();

  /** @param {Element} row */
  constructor(row) {
    this.#place = /** @type {Element} */ (row.querySelector(".spark"));
    this.#line = this.#place.querySelector("polyline");
    this.#base = this.#place.querySelector(".base");
  }

  /**
   * @param {number} price
   * @param {number | null} close
   */
  show(price, close) {
    const isNewDay = this.#close !== null && close !== null && Math.abs(close - this.#close) > SAME;
    this.#close = close ?? this.#close;
    if (!this.#line || isNewDay) this.#beginDay(price);
    else if (!this.#prices.length) this.#read();
    if (price === this.#prices.at(-1)) return;
    if (this.#prices.length < 2 || Date.now() - this.#begun > STEP_MS) this.#begin(price);
    this.#prices[this.#prices.length - 1] = price;
    if (price < this.#low || price > this.#high) this.#rescale(price);
    set(this.#line, "points", this.#points());
  }

  /** @param {number} price */
  #beginDay(price) {
    const close = this.#close ?? price;
    this.#prices = [price];
    this.#begun = Date.now();
    [this.#low, this.#high] = [Math.min(price, close), Math.max(price, close)];
    const y = this.#y(close);
    const base = drawn("line", { class: "base", x1: 0, x2: WIDTH, y1: y, y2: y });
    const line = drawn("polyline", { points: "" });
    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
    svg.setAttribute("aria-hidden", "true");
    svg.append(base, line);
    [this.#base, this.#line] = [base, line];
    this.#place.replaceChildren(svg);
  }

  /** Prices are read back from what the server drew. */
  #read() {
    const svg = this.#place.querySelector("svg");
    this.#low = Number(svg?.getAttribute("data-low"));
    this.#high = Number(svg?.getAttribute("data-high"));
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

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
