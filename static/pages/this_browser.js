// @ts-check
/** The part of a page that says whether this browser notifies, and turns it on and off. */

import { disablePush, enablePush, pushState } from "../push/enable.js";

/** @typedef {import("../push/enable.js").Outcome} Outcome */

/** Returns whether the page has such a part. */
export function thisBrowser() {
  const part = document.getElementById("this-browser");
  if (!part) return false;
  const { kind = "", key = "", name = "", list = "" } = part.dataset;
  const act = async (/** @type {Promise<Outcome>} */ deed, /** @type {string} */ done) => {
    const { state, problem } = await deed;
    show(part, state, problem);
    if (state === done) location.assign(list);
    else focusButton(part);
  };
  on(part, "enable", () => {
    show(part, "asking");
    void act(enablePush({ kind, key, name }), "on");
  });
  on(part, "disable", () => void act(disablePush({ kind, key }), "off"));
  void pushState({ kind, key }).then(({ state, problem }) => show(part, state, problem));
  return true;
}

/**
 * @param {HTMLElement} part
 * @param {string} deed
 * @param {() => void} listener
 */
function on(part, deed, listener) {
  part.querySelector(`[data-do="${deed}"]`)?.addEventListener("click", listener);
}

/**
 * @param {HTMLElement} part
 * @param {string} state
 * @param {unknown} [problem]
 */
function show(part, state, problem) {
  part.dataset.state = state;
  for (const piece of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-when]")))
    piece.hidden = !piece.dataset.when?.split(" ").includes(state);
  for (const why of part.querySelectorAll(".why")) why.textContent = words(problem);
}

/**
 * What the browser threw, or what the server answered: a text, or texts by field.
 * @param {unknown} problem
 * @returns {string}
 */
function words(problem) {
  if (problem instanceof Error) return problem.message;
  if (Array.isArray(problem)) return problem.map(words).join(" ");
  if (problem && typeof problem === "object") return words(Object.values(problem));
  return String(problem ?? "");
}

/** The button that was pressed may be gone: keyboards go on from the one that is there now. */
function focusButton(/** @type {HTMLElement} */ part) {
  if (document.activeElement !== document.body) return;
  const button = part.querySelector("button:not([hidden])");
  if (button instanceof HTMLElement) button.focus();
}
