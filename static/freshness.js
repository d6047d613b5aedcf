// @ts-check
/** Says of a quote how old it is, whether that is too old, and whether its market is open. */

import { ageWords, now, today, written } from "./times.js";
import { hide, put, set } from "./writing.js";

/** @typedef {import("./sessions.js").Sessions} Sessions */

export class Freshness {
  #sessions;
  #market;
  #allowed;
  #parts;
  /** @type {number | null} When the quote was stamped; null without a quote. */
  #at;
  /** The day on which its time was written. */
  #day = "";

  /**
   * @param {HTMLElement} element What says where it trades, and for how long it is no news.
   * @param {Sessions} sessions
   */
  constructor(element, sessions) {
    const part = (/** @type {string} */ name) => element.querySelector(`[data-${name}]`);
    this.#sessions = sessions;
    this.#market = element.dataset.market ?? "";
    this.#allowed = Number(element.dataset.allowed ?? 0) * 1000;
    this.#parts = {
      at: part("at"),
      age: part("age"),
      stale: part("stale"),
      open: part("open"),
      closed: part("closed"),
    };
    // The node that ages are written into is there from the first, so that a page never grows.
    this.#parts.age?.append("");
    const at = this.#parts.at?.getAttribute("datetime");
    this.#at = at ? Date.parse(at) : null;
    this.grow();
  }

  /**
   * Take the time of a new quote.
   * @param {string | null} at
   */
  stamp(at) {
    this.#at = at ? Date.parse(at) : null;
    set(this.#parts.at, "datetime", at ?? "");
    put(this.#parts.at, this.#at === null ? "" : written(this.#at));
  }

  /** Say what is true now. */
  grow() {
    const { at, age, stale, open, closed } = this.#parts;
    const since = this.#sessions.since(this.#market, now());
    hide(open, since === null);
    hide(closed, since !== null);
    if (this.#at === null) return;
    put(age, ageWords((now() - this.#at) / 1000));
    hide(stale, since === null || !this.#isStale(since, this.#at));
    if (today() !== this.#day) put(at, written(this.#at));
    this.#day = today();
  }

  /**
   * What was the last price before the bell grows old from the bell on.
   * @param {number} since
   * @param {number} at
   */
  #isStale(since, at) {
    return this.#allowed > 0 && now() - Math.max(since, at) > this.#allowed;
  }
}
