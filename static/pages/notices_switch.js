// @ts-check
/** The part of a page that turns the browser's notifications of open tabs on and off. */

import { allowNotices, noticesState, stopNotices } from "../alerts/browser_notices.js";

export function noticesSwitch() {
  const part = document.getElementById("browser-notices");
  if (!part) return;
  on(part, "allow", allowNotices);
  on(part, "stop", stopNotices);
  show(part, noticesState());
}

/**
 * @param {HTMLElement} part
 * @param {string} deed
 * @param {() => string | Promise<string>} does
 */
function on(part, deed, does) {
  const button = part.querySelector(`[data-do="${deed}"]`);
  button?.addEventListener("click", async () => {
    show(part, await does());
    const next = part.querySelector("button:not([hidden])");
    if (next instanceof HTMLElement) next.focus();
  });
}

/**
 * @param {HTMLElement} part
 * @param {string} state
 */
function show(part, state) {
  part.hidden = false;
  for (const piece of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-when]")))
    piece.hidden = !piece.dataset.when?.split(" ").includes(state);
}
