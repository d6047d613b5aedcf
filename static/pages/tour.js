// @ts-check
/** The first minutes: prices move while one chooses, and the alert is shown as soon as it is there. */

import { distance, showQuote } from "../quote.js";
import { thisBrowser } from "./this_browser.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */
/** @typedef {{price: string, level: string, kind: string, distance: string}} Offer */

const EVERY = 2000;

/**
 * @param {import("../realtime/types.js").Realtime} client
 * @returns {((frame: Frame) => void) | null}
 */
export function tour(client) {
  const root = document.getElementById("tour");
  if (!root) return null;
  const url = root.querySelector("#offers, #proposal")?.getAttribute("data-url");
  if (url) setInterval(() => void refresh(root, url), EVERY);
  if (!root.dataset.monitor) return null;
  client.follow("monitors", [Number(root.dataset.monitor)]);
  root.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.id !== "at-once") return;
    event.preventDefault();
    void askForAlert(root, event.target);
  });
  return (frame) => wait(root, frame);
}

/**
 * @param {HTMLElement} root
 * @param {string} url
 */
async function refresh(root, url) {
  if (document.hidden) return;
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return;
  const offers = /** @type {Record<string, Offer>} */ (await answer.json());
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll("[data-offer]")
  )) {
    const offer = offers[place.dataset.offer ?? ""];
    if (offer) show(place, offer);
  }
}

/**
 * @param {HTMLElement} place
 * @param {Offer} offer
 */
function show(place, { price, level, kind, distance: way }) {
  put(place, "[data-price]", price);
  put(place, "[data-level]", level);
  put(place, "[data-distance]", way);
  for (const word of /** @type {NodeListOf<HTMLElement>} */ (
    place.querySelectorAll("[data-when]")
  )) {
    word.hidden = word.dataset.when !== kind;
  }
  // What a user types is left alone.
  for (const [name, value] of Object.entries({ kind, level })) {
    const field = place.querySelector(`input[type="hidden"][name="${name}"]`);
    if (field) field.setAttribute("value", value);
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} selector
 * @param {string} text
 */
function put(place, selector, text) {
  const part = place.querySelector(selector);
  if (part && part.textContent !== text) part.textContent = text;
}

/**
 * @param {HTMLElement} root
 * @param {Frame} frame
 */
function wait(root, frame) {
  if (frame.type === "quotes") {
    for (const quote of frame.data) {
      if (quote.symbol === root.dataset.symbol && quote.price !== null) showPrice(root, quote);
    }
  }
  if (frame.type === "notification" && String(frame.data.monitor) === root.dataset.monitor) {
    void arrive(root);
  }
}

/**
 * @param {HTMLElement} root
 * @param {import("../quote.js").Quote} quote
 */
function showPrice(root, quote) {
  const place = root.querySelector("[data-quote]");
  if (place) showQuote(place, quote);
  const target = root.querySelector("[data-target]");
  const level = Number(target?.getAttribute("data-target"));
  if (target) target.textContent = distance(level, Number(quote.price));
}

/**
 * Ask for a test alert from here: a page that is loaded anew would not show it in its corner.
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 */
async function askForAlert(root, form) {
  const body = new FormData(form);
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) form.submit();
  else await arrive(root);
}

/**
 * Go on without loading the page anew: the note in the corner stays where it is.
 * @param {HTMLElement} root
 */
async function arrive(root) {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("tour");
  if (!root.isConnected) return; // it has come by another way
  if (!next) return location.reload();
  root.replaceWith(next);
  next.querySelector("h1")?.focus();
  thisBrowser();
}
