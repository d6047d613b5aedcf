// @ts-check
/**
 * The line that makes a monitor: its first word is completed, and what it would make is shown while
 * one types.
 */

import { completeSymbols } from "./symbol_search.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

const PAUSE_MS = 200;
const FIRST_WORD = /^(\s*)([^\s,;，；、。]{1,64})/;

/** @returns {((frame: Frame) => void) | null} */
export function quickLine() {
  const form = document.getElementById("quick");
  const input = document.getElementById("quick-line");
  const place = document.getElementById("quick-preview");
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement) || !place) {
    return null;
  }
  let asked = new AbortController();

  /** @param {boolean} [isQuiet] whether not to say yet what stands in its way */
  const look = async (isQuiet = false) => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    if (!input.value.trim()) return place.replaceChildren();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const answer = await fetch(`${form.action}?line=${encodeURIComponent(input.value)}`, {
      headers: { "HX-Request": "true" },
      signal,
    }).catch(() => null);
    // Who is logged out is led to the page for logging in.
    if (!answer?.ok || answer.redirected) return;
    const drawn = await answer.text().catch(() => null);
    if (drawn === null || signal.aborted) return;
    const preview = document.createElement("template");
    preview.innerHTML = drawn;
    const isSaid = !isQuiet || preview.content.querySelector(".good");
    place.replaceChildren(...(isSaid ? [preview.content] : []));
  };

  const word = firstWord(input);
  const completion = completeSymbols(
    input,
    {
      read: word.read,
      write: (symbol) => {
        word.write(symbol);
        void look();
      },
    },
    // While there are choices, what is half typed is no mistake.
    { told: (count) => void look(count > 0), ended: () => void look() },
  );
  const typed = () => {
    if (word.read()) asked.abort(); // what is offered is told
    else void look();
  };
  input.addEventListener("input", (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) typed();
  });
  input.addEventListener("compositionend", typed);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || !input.value)
      return;
    event.preventDefault();
    input.value = "";
    completion.close();
    void look();
  });
  place.addEventListener("click", (event) => {
    const choice = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    if (!choice) return;
    event.preventDefault();
    input.value = `${choice.getAttribute("data-line") ?? ""} `;
    input.focus();
    void look();
  });
  if (input.value && !place.childElementCount) void look();
  return null;
}

/**
 * The word that names the stock, while the caret is in it.
 * @param {HTMLInputElement} input
 * @returns {import("../completion.js").Part}
 */
function firstWord(input) {
  return {
    read: () => {
      const [all, , word] = FIRST_WORD.exec(input.value) ?? ["", "", ""];
      return (input.selectionStart ?? 0) <= all.length ? word : "";
    },
    write: (symbol) => {
      const rest = input.value.replace(FIRST_WORD, "").trimStart();
      input.value = `${symbol} ${rest}`;
      input.setSelectionRange(symbol.length + 1, symbol.length + 1);
    },
  };
}
