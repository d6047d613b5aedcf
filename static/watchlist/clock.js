// @ts-check
/** Counts down to the next change of each market's session; the server draws what comes then. */

import { put } from "./writing.js";

/** @param {() => number} now In epoch milliseconds, by the server's clock. */
export function marketClock(now) {
  const clock = document.getElementById("clock");
  if (!clock) return () => {};
  let isAsking = false;

  async function draw() {
    isAsking = true;
    const answer = await fetch(clock?.dataset.url ?? "").catch(() => null);
    if (answer?.ok && clock) clock.innerHTML = await answer.text();
    isAsking = false;
  }

  return () => {
    for (const place of clock.querySelectorAll("[data-until]")) {
      const left = Number(place.getAttribute("data-until")) - now() / 1000;
      put(place, left > 0 ? span(left) : "");
      // A second later, so that the server has surely seen the bell.
      if (left < -1 && !isAsking) void draw();
    }
  };
}

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
