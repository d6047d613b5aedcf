// @ts-check
/** Writes only what has changed: each write makes the browser work, even where it writes the same. */

/**
 * @param {Element | null} place An element with nothing but text.
 * @param {string} text
 */
export function put(place, text) {
  if (!place) return;
  const node = place.firstChild;
  // The text node stays: a new one each second for each price is work for the collector.
  if (node instanceof Text && node === place.lastChild) {
    if (node.data !== text) node.data = text;
  } else if (place.textContent !== text) place.textContent = text;
}

/**
 * @param {Element | null} place
 * @param {string} name
 * @param {string} value
 */
export function set(place, name, value) {
  if (place && place.getAttribute(name) !== value) place.setAttribute(name, value);
}

/**
 * @param {Element | null} place
 * @param {boolean} hidden
 */
export function hide(place, hidden) {
  if (place instanceof HTMLElement && place.hidden !== hidden) place.hidden = hidden;
}
