// @ts-check
/** The form of a monitor: rules come and go without a round trip, the price moves. */

import { keepFresh, showQuote } from "../quote.js";
import { formAdvice } from "./form_advice.js";
import { searchSymbols } from "./symbol_search.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/**
 * @param {import("../realtime/types.js").Realtime} client
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
    if (button.name === "remove") remove(rules, button);
    else add(rules);
  });
  searchSymbols(form);
  const show = livePrice(client, form);
  const advise = formAdvice(form);
  return (frame) => {
    show(frame);
    if (frame.type === "quotes") advise();
  };
}

/**
 * Take a rule away; who goes by keyboard goes on at the next one, or at the one before.
 * @param {HTMLElement} rules
 * @param {HTMLButtonElement} button
 */
function remove(rules, button) {
  const rule = button.closest(".rule");
  const near = rule?.nextElementSibling ?? rule?.previousElementSibling;
  rule?.remove();
  sayFull(false);
  const next = near?.querySelector("button[name=remove]") ?? document.getElementById("new-kind");
  if (next instanceof HTMLElement) next.focus();
}

/** @param {boolean} isFull */
function sayFull(isFull) {
  const note = document.getElementById("rules-full");
  if (note) note.hidden = !isFull;
}

/** @param {HTMLElement} rules */
function add(rules) {
  if (rules.children.length >= Number(rules.dataset.most)) {
    sayFull(true);
    return;
  }
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
 * @param {import("../realtime/types.js").Realtime} client
 * @param {HTMLFormElement} form
 * @returns {(frame: Frame) => void}
 */
function livePrice(client, form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("symbol"));
  const output = /** @type {HTMLElement} */ (form.querySelector("#symbol-quote"));
  const known = output.querySelector("[data-quote]");
  let symbol = known?.getAttribute("data-quote") ?? "";
  if (symbol) client.follow("quotes", [symbol]);
  keepFresh();

  const look = async () => {
    const asked = input.value.trim();
    const found = asked ? await lastQuote(output.dataset.url ?? "", asked) : [];
    if (found === null || asked !== input.value.trim()) return;
    if (symbol) client.unfollow("quotes", [symbol]);
    output.replaceChildren(...found);
    symbol = output.querySelector("[data-quote]")?.getAttribute("data-quote") ?? "";
    if (symbol) client.follow("quotes", [symbol]);
  };
  input.addEventListener("change", look);
  // What is marked as wrong already says why.
  if (!known && input.value && !input.closest(".wrong")) void look();

  return (frame) => {
    if (frame.type !== "quotes") return;
    const place = output.querySelector("[data-quote]");
    for (const quote of frame.data) {
      if (place && quote.symbol === symbol && quote.price !== null) showQuote(place, quote);
    }
  };
}

/**
 * Ask what is known of a symbol; the server draws that, or what is wrong with the text.
 * @param {string} url
 * @param {string} text
 */
async function lastQuote(url, text) {
  const answer = await fetch(`${url}?symbol=${encodeURIComponent(text)}`);
  // Who is logged out is led to the page for logging in.
  if (!answer.ok || answer.redirected) return null;
  const drawn = document.createElement("template");
  drawn.innerHTML = await answer.text();
  return drawn.content.childNodes;
}
