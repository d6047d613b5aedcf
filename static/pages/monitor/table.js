// @ts-check
/** The newest bars as a table, of the interval that the chart shows; the server drew it first. */

import { isOfDays } from "./bars.js";
import { clockFormats, pageLanguage } from "./wall_clock.js";

/** @typedef {import("./bars.js").Bar} Bar */
/** @typedef {import("./bars.js").Interval} Interval */

const ROWS = 12;

export class BarTable {
  #root;
  #places;
  #formats = clockFormats(pageLanguage());
  /** @type {string[][]} */
  #rows = [];

  /**
   * @param {HTMLDetailsElement} root
   * @param {number} places Of a price.
   */
  constructor(root, places) {
    this.#root = root;
    this.#places = places;
    // From now on it is drawn here, not by the server.
    root.removeAttribute("data-part");
    root.addEventListener("toggle", () => this.#draw());
  }

  /**
   * @param {Bar[]} bars
   * @param {Interval} interval
   * @param {string} name The interval's.
   */
  show(bars, interval, name) {
    const when = isOfDays(interval) ? this.#formats.date : this.#formats.full;
    this.#rows = bars.slice(-ROWS).reverse().map((bar) => [
      when(bar.time),
      ...[bar.open, bar.high, bar.low, bar.close].map((price) => price.toFixed(this.#places)),
      String(bar.volume),
    ]);
    this.#root.hidden = bars.length === 0;
    const caption = this.#root.querySelector("[data-table-interval]");
    if (caption) caption.textContent = name;
    this.#draw();
  }

  /** Write what has changed, where it is seen. */
  #draw() {
    const body = this.#root.querySelector("tbody");
    if (!body || !this.#root.open) return;
    while (body.rows.length > this.#rows.length) body.deleteRow(-1);
    this.#rows.forEach((texts, at) => {
      const { cells } = body.rows[at] ?? emptyRow(body);
      texts.forEach((text, place) => {
        if (cells[place].textContent !== text) cells[place].textContent = text;
      });
    });
  }
}

/** @param {HTMLTableSectionElement} body */
function emptyRow(body) {
  const row = body.insertRow();
  const head = document.createElement("th");
  head.scope = "row";
  row.append(head);
  for (let cell = 0; cell < 5; cell++) row.insertCell().className = "number";
  return row;
}
