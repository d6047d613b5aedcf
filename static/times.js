// @ts-check
/** The server's time, and how the page writes times: in its reader's zone, and how long they are past. */

/** Seconds within which a price is of now. */
const FRESH = 10;
const DAY = 86_400;

const { zone, now: drawnAt = "", ago = "" } = document.body?.dataset ?? {};
const [SECONDS = "", MINUTES = "", HOURS = "", DAYS = ""] = ago.split("|");
const offset = drawnAt ? clockOffset(Number(drawnAt)) : 0;
// Swedes write times as ISO 8601 has them.
const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });

/** Now by the server's clock, in epoch milliseconds. */
export function now() {
  return Date.now() + offset;
}

/** How far this machine's clock is behind; what a page takes to load is no difference. */
function clockOffset(/** @type {number} */ served) {
  const behind = served * 1000 - Date.now();
  return Math.abs(behind) > 10_000 ? behind : 0;
}

let minute = 0;
let day = "";

/** The reader's date. */
export function today() {
  const current = Math.floor(now() / 60_000);
  if (current !== minute) day = format.format(now()).slice(0, 10);
  minute = current;
  return day;
}

/** @type {[at: number, day: string, text: string]} Quotes that come together are mostly stamped together. */
let last = [NaN, "", ""];

/**
 * A time as the server writes it: 10:31:02, on another day 11-28 15:00.
 * @param {number} at
 */
export function written(at) {
  if (at === last[0] && today() === last[1]) return last[2];
  const text = format.format(at);
  last = [at, today(), text.startsWith(today()) ? text.slice(11) : text.slice(5, 16)];
  return last[2];
}

/**
 * Words for an age; in steps that grow with it, so that they seldom change.
 * @param {number} age In seconds.
 */
export function ageWords(age) {
  if (age < FRESH) return "";
  if (age < 60) return say(SECONDS, age < 30 ? age : Math.floor(age / 5) * 5);
  if (age < 3600) return say(MINUTES, age / 60);
  return age < DAY ? say(HOURS, age / 3600) : say(DAYS, age / DAY);
}

/**
 * @param {string} words
 * @param {number} count
 */
function say(words, count) {
  return words.replace("{n}", String(Math.floor(count)));
}

/**
 * Do something each second while the page is looked at, and as soon as it is looked at again.
 * @param {() => void} act
 */
export function everySecond(act) {
  const look = () => {
    if (!document.hidden) act();
  };
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  look();
}
