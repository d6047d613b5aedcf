// @ts-check
/** Puts a live quote where the page shows the symbol's last one, and keeps saying how old it is. */

import { Freshness } from "./freshness.js";
import { Sessions } from "./sessions.js";
import { everySecond, now } from "./times.js";

/**
 * @typedef {object} Quote
 * @property {string} symbol
 * @property {string | null} price
 * @property {string | null} change
 * @property {string | null} change_pct
 * @property {string | null} at
 * @property {string} state
 * @property {boolean} [frozen]
 */

/**
 * @param {Element} place The element with `data-quote`.
 * @param {Quote} quote
 */
export function showQuote(place, quote) {
  const price = part(place, "price");
  const before = price?.textContent;
  put(price, quote.price ?? "–");
  put(part(place, "change"), signed(quote.change));
  put(part(place, "change-pct"), quote.change_pct === null ? "" : `${signed(quote.change_pct)} %`);
  const { fresh } = age(place);
  fresh.stamp(quote.at);
  fresh.grow();
  if (quote.price !== null) part(place, "unknown")?.remove();
  const frozen = part(place, "frozen");
  if (frozen instanceof HTMLElement) frozen.hidden = quote.frozen !== true;
  if (quote.state === "trading") part(place, "state-label")?.remove();
  const change = Number(quote.change);
  place.classList.remove("up", "down", "flat");
  place.classList.add(change > 0 ? "up" : change < 0 ? "down" : "flat");
  if (price && before !== quote.price) {
    price.classList.remove("moved");
    void price.clientWidth; // Begins the animation anew.
    price.classList.add("moved");
  }
}

/** @type {WeakMap<Element, {fresh: Freshness, sessions: Sessions}>} */
const ages = new WeakMap();

/** @param {Element} place */
function age(place) {
  const known = ages.get(place);
  if (known) return known;
  const sessions = new Sessions(place);
  const made = { sessions, fresh: new Freshness(/** @type {HTMLElement} */ (place), sessions) };
  ages.set(place, made);
  return made;
}

/**
 * Have each quote of the page say how old it is, and whether its market is open.
 * @param {() => void} [rang] Told after a session has begun or ended.
 */
export function keepFresh(rang) {
  everySecond(() => {
    for (const place of document.querySelectorAll("[data-quote]")) {
      const { fresh, sessions } = age(place);
      fresh.grow();
      if (sessions.rang(now())) rang?.();
    }
  });
}

/**
 * Have a quote that the server has just drawn say the same.
 * @param {Element} root
 */
export function freshen(root) {
  for (const place of root.querySelectorAll("[data-quote]")) age(place).fresh.grow();
}

/**
 * The way from a price to a level, in signed percent of the price.
 * @param {number} level
 * @param {number} price
 */
export function distance(level, price) {
  if (!price) return "";
  const percent = (((level - price) * 100) / price).toFixed(2);
  return `${signed(percent === "-0.00" ? "0.00" : percent)} %`;
}

/** @param {string | null} number */
export function signed(number) {
  if (number === null) return "";
  return Number(number) >= 0 && !number.startsWith("-") ? `+${number}` : number;
}

/**
 * @param {Element} place
 * @param {string} name
 */
function part(place, name) {
  return place.querySelector(`[data-${name}]`);
}

/**
 * @param {Element | null} place
 * @param {string} text
 */
function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
