// @ts-check
/** The form of a monitor: rules come and go without a round trip, the price moves. */

import { showQuote } from "../quote.js";

/** @typedef {import("../realtime.js").Frame} Frame */

/**
 * @param {import("../realtime.js").RealtimeClient} client
 * @returns {((frame: Frame) => void) | null}
 */
export function monitorForm(client) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("monitor-form"));
  if (!form) return null;
  const rules = /** @type {HTMLElement} */ (form.querySelector("#rules"));
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.name !== "add" && button?.name !== "remove") return;
    event.preventDefault();
    if (button.name === "remove") button.closest(".rule")?.remove();
    else add(rules);
  });
  return livePrice(client, form);
}

/** @param {HTMLElement} rules */
function add(rules) {
  if (rules.children.length >= Number(rules.dataset.most)) return;
  const choice = /** @type {HTMLSelectElement} */ (document.getElementById("new-kind"));
  const blank = document.querySelector(`template[data-kind="${CSS.escape(choice.value)}"]`);
  if (!(blank instanceof HTMLTemplateElement)) return;
  const place = document.createElement("div");
  const key = `n${Math.random().toString(36).slice(2, 10)}`;
  place.append(blank.content.cloneNode(true));
  place.innerHTML = place.innerHTML
    .replaceAll("rule-blank-", `rule-${key}-`)
    .replaceAll('"blank"', `"${key}"`);
  const rule = place.firstElementChild;
  if (!rule) return;
  rules.append(rule);
  const first = rule.querySelector(".levels input");
  if (first instanceof HTMLInputElement) first.focus();
}

/**
 * Show the last price of the symbol that is typed, where the server knows one.
 * @param {import("../realtime.js").RealtimeClient} client
 * @param {HTMLFormElement} form
 * @returns {(frame: Frame) => void}
 */
function livePrice(client, form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("symbol"));
  const output = /** @type {HTMLElement} */ (form.querySelector("#symbol-quote"));
  const known = output.querySelector("[data-quote]");
  let symbol = known?.getAttribute("data-quote") ?? "";
  if (symbol) client.follow("quotes", [symbol]);

  const look = async () => {
    const asked = input.value.trim();
    const found = asked ? await lastQuote(asked) : null;
    if (asked !== input.value.trim() || found?.symbol === symbol) return;
    if (symbol) client.unfollow("quotes", [symbol]);
    symbol = found?.symbol ?? "";
    output.replaceChildren(...(found?.price ? [drawn(found)] : []));
    if (symbol) client.follow("quotes", [symbol]);
  };
  input.addEventListener("change", look);
  if (!known && input.value) void look();

  return (frame) => {
    if (frame.type !== "quotes") return;
    for (const quote of frame.data) {
      if (quote.symbol !== symbol || quote.price === null) continue;
      const place = output.querySelector("[data-quote]");
      if (place) showQuote(place, quote);
      else output.replaceChildren(drawn(quote));
    }
  };
}

/** @param {string} text */
async function lastQuote(text) {
  const answer = await fetch(`/api/v1/quotes?symbols=${encodeURIComponent(text)}`);
  return answer.ok ? (await answer.json()).results[0] : null;
}

/** @param {any} quote */
function drawn(quote) {
  const place = document.createElement("div");
  place.className = "quote";
  place.dataset.quote = quote.symbol;
  for (const name of ["name", "price", "change", "change-pct", "at"]) {
    const part = document.createElement("span");
    part.className = name;
    part.setAttribute(`data-${name}`, "");
    place.append(part, " ");
  }
  const name = place.querySelector("[data-name]");
  if (name) name.textContent = quote.name || quote.symbol;
  showQuote(place, quote);
  return place;
}
