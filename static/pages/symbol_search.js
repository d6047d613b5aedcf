// @ts-check
/** The field of a symbol: it offers what the server finds by code, name or initials. */

import { Completion } from "../completion.js";

/**
 * @typedef {{symbol: string, name: string, english_name: string, kind: string, state: string}} Found
 */
/** @typedef {import("../completion.js").Choice} Choice */

const MOST = 8;
const PATIENCE_MS = 400;

/** @param {HTMLFormElement} form */
export function searchSymbols(form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("symbol"));
  const list = /** @type {HTMLElement} */ (form.querySelector("#symbol-choices"));
  const said = /** @type {HTMLElement} */ (form.querySelector("#symbol-found"));
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

  new Completion(input, list, look, (count) => {
    if (count) say((texts.found ?? "").replace("{count}", String(count)), false);
    else say(texts.none ?? "", true);
  });
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
