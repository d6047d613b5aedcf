// @ts-check
/** Counts down to the next change of each market's session; the server draws what comes then. */

import { now } from "../times.js";
import { put } from "../writing.js";

export class MarketClock {
  #place;
  #sessions;
  #isAsking = false;

  /**
   * @param {HTMLElement} place
   * @param {import("../sessions.js").Sessions} sessions Those that the clock says.
   */
  constructor(place, sessions) {
    this.#place = place;
    this.#sessions = sessions;
  }

  tick() {
    for (const place of this.#place.querySelectorAll("[data-until]")) {
      const left = Number(place.getAttribute("data-until")) - now() / 1000;
      put(place, left > 0 ? span(left) : "");
      // A second later, so that the server has surely seen the bell.
      if (left < -1) void this.draw();
    }
  }

  async draw() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const answer = await fetch(this.#place.dataset.url ?? "").catch(() => null);
    if (answer?.ok && !answer.redirected) {
      this.#place.innerHTML = await answer.text();
      this.#place.hidden = !this.#place.firstElementChild;
      this.#sessions.read();
    }
    this.#isAsking = false;
  }
}

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
