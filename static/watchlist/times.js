// @ts-check
/** Times as the page writes them, in the zone that it was drawn in, and how long they are past. */

/** Seconds within which a price is of now. */
const FRESH = 10;

/** @param {string} zone */
export function timeWriter(zone) {
  const format = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone });
  /** @type {string | null} */
  let last = null;
  let written = "";
  return (/** @type {string | null} */ at) => {
    // Quotes that come together are mostly stamped together.
    if (at !== last) written = at ? format.format(new Date(at)) : "";
    last = at;
    return written;
  };
}

/**
 * Words for an age; in steps that grow with it, so that they seldom change.
 * @param {DOMStringMap} words
 */
export function ageWriter({ seconds = "", minutes = "", hours = "" }) {
  const say = (/** @type {string} */ text, /** @type {number} */ n) =>
    text.replace("{n}", String(Math.floor(n)));
  return (/** @type {number} */ age) => {
    if (age < FRESH || age >= 86_400) return "";
    if (age < 60) return say(seconds, age < 30 ? age : Math.floor(age / 5) * 5);
    return age < 3600 ? say(minutes, age / 60) : say(hours, age / 3600);
  };
}
