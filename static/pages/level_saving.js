// @ts-check
/** Moves one level of one rule on the server, which knows by the old level whether it still is the same. */

import { csrfToken } from "../csrf_token.js";

/**
 * @typedef {object} Saved
 * @property {string} [level] Where it is now.
 * @property {string[]} [cautions] What looks like a slip.
 * @property {string} [error] Why it was refused; "" where the server gave no reason.
 */

/**
 * @param {string} url
 * @param {string} was
 * @param {string} value A price, or a distance such as +5%.
 * @returns {Promise<Saved>}
 */
export async function saveLevel(url, was, value) {
  const answer = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ was, value }),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    // What leaves a field may be a click that leaves the page.
    keepalive: true,
  }).catch(() => null);
  const told = answer && !answer.redirected ? await answer.json().catch(() => null) : null;
  return answer?.ok && told?.level ? told : { error: told?.error ?? "" };
}
