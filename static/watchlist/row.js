// @ts-check
/** One row of the watchlist, and what it shows of the newest quote. */

import { Freshness } from "../freshness.js";
import { signed } from "../quote.js";
import { NearestLevel } from "./nearest.js";
import { Sparkline } from "./sparkline.js";
import { hide, put } from "../writing.js";

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
  /** @type {number | null} */
  change;
  /** @type {number | null} In percent of the price, without a sign. */
  away = null;

  #parts;
  #fresh;
  #nearest;
  #spark;

  /**
   * @param {HTMLElement} element
   * @param {import("../sessions.js").Sessions} sessions
   */
  constructor(element, sessions) {
    const { monitor, symbol, signature, find, added, fired } = element.dataset;
    this.element = element;
    this.id = Number(monitor);
    this.symbol = symbol ?? "";
    this.signature = signature ?? "";
    this.find = find ?? "";
    this.added = Number(added);
    this.fired = fired === undefined ? null : Number(fired);
    this.#fresh = new Freshness(element, sessions);
    const part = (/** @type {string} */ name) => element.querySelector(name);
    this.#parts = {
      price: /** @type {HTMLElement} */ (part("[data-price]")),
      change: part("[data-change]"),
      percent: part("[data-change-pct]"),
      frozen: part("[data-frozen]"),
    };
    this.name = part(".name")?.textContent ?? "";
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
   */
  show(quote) {
    if (quote.price === null) return 0;
    const { price, change, percent, frozen } = this.#parts;
    const value = Number(quote.price);
    const moved = value - Number(price.textContent);
    put(change, signed(quote.change));
    put(percent, quote.change_pct === null ? "" : `${signed(quote.change_pct)} %`);
    this.#fresh.stamp(quote.at);
    this.change = quote.change_pct === null ? null : Number(quote.change_pct);
    hide(frozen, quote.frozen !== true);
    this.#drop("[data-unknown]");
    if (quote.state === "trading") this.#drop("[data-state-label]");
    this.#turn(Number(quote.change));
    this.#spark.show(value, quote.change === null ? null : value - Number(quote.change));
    if (moved === 0) return 0;
    put(price, quote.price);
    this.away = this.#nearest.show(value);
    return moved;
  }

  /** Say how old the price is, where it is not of just now. */
  grow() {
    this.#fresh.grow();
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
