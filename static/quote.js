// @ts-check
/** Puts a live quote where the page shows the symbol's last one. */

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
  const at = part(place, "at");
  put(at, quote.at ? timeOfDay(quote.at) : "");
  if (quote.at) at?.setAttribute("datetime", quote.at);
  part(place, "stale")?.remove();
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

const clock = new Intl.DateTimeFormat("en-GB", {
  timeStyle: "medium",
  timeZone: document.body?.dataset.zone,
});

/**
 * The time of day in the reader's zone, as the server writes it: 10:31:02.
 * @param {string} at
 */
export function timeOfDay(at) {
  return clock.format(new Date(at));
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
