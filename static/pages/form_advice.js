// @ts-check
/** Beside the form's levels: the price, how far it has to go, and what looks like a slip. */

import { distance } from "../quote.js";

const PAUSE_MS = 300;

/**
 * @param {HTMLFormElement} form
 * @returns {() => void} shows price and distances anew, as the price has moved
 */
export function formAdvice(form) {
  const quote = /** @type {HTMLElement} */ (form.querySelector("#symbol-quote"));
  let asked = new AbortController();

  const show = () => {
    const shown = quote.querySelector("[data-price]")?.textContent ?? "";
    const price = Number(shown);
    for (const output of form.querySelectorAll("output.distance")) {
      const input = document.getElementById(output.getAttribute("for") ?? "");
      const level = input instanceof HTMLInputElement ? Number(input.value) : 0;
      const way = price && level ? ` → ${distance(level, price)}` : "";
      const text = price ? shown + way : "";
      if (output.textContent !== text) output.textContent = text;
    }
  };

  const ask = async () => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const body = new FormData(form);
    body.append("monitor", form.dataset.monitor ?? "");
    const answer = await fetch(form.dataset.advice ?? "", { method: "POST", body, signal }).catch(
      () => null,
    );
    // Who is logged out is led to the page for logging in.
    if (!answer?.ok || answer.redirected) return;
    const { rows, all } = await answer.json();
    if (signal.aborted) return;
    for (const rule of form.querySelectorAll(".rule")) {
      const key = rule.getAttribute("data-key") ?? "";
      write(rule.querySelector("[data-cautions]"), rows[key] ?? []);
    }
    write(document.getElementById("cautions-of-all"), all);
  };

  const changed = () => {
    show();
    void ask();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  // A rule that comes or goes, or another stock's price.
  const watched = new MutationObserver(changed);
  watched.observe(/** @type {HTMLElement} */ (form.querySelector("#rules")), { childList: true });
  watched.observe(quote, { childList: true });
  return show;
}

/**
 * Write what is not there yet: a screen reader says it once.
 * @param {Element | null} place
 * @param {string[]} sentences
 */
function write(place, sentences) {
  if (!place || [...place.children].map((one) => one.textContent).join() === sentences.join()) return;
  place.replaceChildren(
    ...sentences.map((sentence) => {
      const said = document.createElement("p");
      said.className = "caution";
      said.textContent = sentence;
      return said;
    }),
  );
}
