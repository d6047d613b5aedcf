// @ts-check
/** A field for a symbol: it offers what the server finds by code, name or initials. */

import { Completion } from "../completion.js";

/**
 * @typedef {{symbol: string, name: string, english_name: string, kind: string, state: string}} Found
 */
/** @typedef {import("../completion.js").Choice} Choice */

const MOST = 8;
const PATIENCE_MS = 400;

/** @param {HTMLFormElement} form */
export function searchSymbols(form) {
  completeSymbols(/** @type {HTMLInputElement} */ (form.elements.namedItem("symbol")));
}

/**
 * Offer symbols for what is typed into a field; what the page says of it lies beside the field.
 * @param {HTMLInputElement} input
 * @param {import("../completion.js").Part} [part] what is completed; left out: all that is typed
 * @param {{told?: (count: number) => void, ended?: () => void}} [on]
 * @returns {Completion}
 */
export function completeSymbols(input, part, { told, ended } = {}) {
  const place = /** @type {HTMLElement} */ (input.closest(".completion"));
  const list = /** @type {HTMLElement} */ (place.querySelector("[role=listbox]"));
  const said = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
  const texts = said.dataset;

  /** @param {string} text @param {boolean} isShown */
  const say = (text, isShown) => {
    said.textContent = text;
    said.classList.toggle("aloud", !isShown);
  };
  input.addEventListener("input", () => say("", false));

  /**
   * The list's answer first. Only where it has nothing are the sources asked, which may take a while.
   * @param {string} text
   * @param {AbortSignal} signal
   * @returns {AsyncIterable<Choice[]>}
   */
  async function* look(text, signal) {
    const url = `${list.dataset.url}?limit=${MOST}&q=${encodeURIComponent(text)}`;
    const known = await found(url, signal);
    yield known.map((one) => choice(one, list.dataset));
    const nothing = known.every((one) => one.state === "unknown");
    if (!nothing || !("ask" in list.dataset) || text.length < 2) return;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    if (signal.aborted) return;
    say(texts.asking ?? "", true);
    const told = await found(`${url}&ask=true`, signal);
    yield told.map((one) => choice(one, list.dataset));
  }

  /** @param {number} count */
  const tell = (count) => {
    if (count) say((texts.found ?? "").replace("{count}", String(count)), false);
    else say(texts.none ?? "", texts.none !== undefined);
    told?.(count);
  };
  return new Completion(input, list, look, tell, part, ended);
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Found[]>}
 */
async function found(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).results;
}

/**
 * @param {Found} one
 * @param {DOMStringMap} labels
 * @returns {Choice}
 */
function choice(one, labels) {
  const label = labels[one.state] ?? labels[one.kind];
  const parts = [
    ["strong", "name", one.name || one.english_name],
    ["span", "code", one.symbol],
    ["small", "english", one.name ? one.english_name : ""],
    ["span", "label", label ?? ""],
  ];
  return {
    value: one.symbol,
    draw: (option) => {
      for (const [tag, name, text] of parts) {
        if (!text) continue;
        const part = document.createElement(tag);
        part.className = name;
        part.textContent = text;
        option.append(part, " ");
      }
    },
  };
}
