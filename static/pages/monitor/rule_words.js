// @ts-check
/** Keeps "Now 1712.50, 5.11 % below." beside each rule true; the server wrote it first. */

import { filled, percentBetween } from "./prices.js";

/**
 * @param {Element} root
 * @param {DOMStringMap} words
 * @param {string} price
 */
export function showPrice(root, words, price) {
  for (const place of root.querySelectorAll("[data-low]")) {
    const low = place.getAttribute("data-low") ?? "";
    const high = place.getAttribute("data-high") ?? "";
    const text = nowWords(words, price, low, high);
    if (place.textContent !== text) place.textContent = text;
  }
}

/**
 * @param {DOMStringMap} words
 * @param {string} price
 * @param {string} low
 * @param {string} high
 */
function nowWords(words, price, low, high) {
  const now = Number(price);
  const below = now < Number(low);
  const percent = percentBetween(Number(below ? low : high), now);
  if (below) return filled(words.nowBelow ?? "", { price, percent });
  if (now > Number(high)) return filled(words.nowAbove ?? "", { price, percent });
  return filled((low === high ? words.nowAt : words.nowInside) ?? "", { price });
}
