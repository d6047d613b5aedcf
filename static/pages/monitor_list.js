// @ts-check
/** The list of monitors: prices and distances move, a changed monitor is drawn anew. */

import { distance, showQuote } from "../quote.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/**
 * @param {import("../realtime/types.js").Realtime} client
 * @returns {((frame: Frame) => void) | null}
 */
export function monitorList(client) {
  const list = document.getElementById("monitors");
  if (!list) return null;
  const ids = [...list.querySelectorAll("[data-monitor]")].map((card) =>
    Number(card.getAttribute("data-monitor")),
  );
  client.follow("monitors", ids);
  return (frame) => {
    if (frame.type === "quotes") for (const quote of frame.data) showEverywhere(list, quote);
    if (frame.type === "monitor") void update(list, frame.data);
  };
}

/**
 * @param {Element} list
 * @param {import("../quote.js").Quote} quote
 */
function showEverywhere(list, quote) {
  if (quote.price === null) return;
  for (const card of list.querySelectorAll(`[data-symbol="${CSS.escape(quote.symbol)}"]`)) {
    const place = card.querySelector("[data-quote]");
    if (place) showQuote(place, quote);
    for (const level of card.querySelectorAll("[data-level]")) {
      level.textContent = distance(Number(level.getAttribute("data-level")), Number(quote.price));
    }
  }
}

/**
 * Draw a monitor anew if anything but its quote has changed; the server draws.
 * @param {Element} list
 * @param {any} monitor
 */
async function update(list, monitor) {
  const card = list.querySelector(`[data-monitor="${monitor.id}"]`);
  if (!card) return;
  if (monitor.deleted) {
    card.remove();
    return;
  }
  if (signature(monitor) === card.getAttribute("data-signature")) return;
  const answer = await fetch(card.getAttribute("data-url") ?? "");
  if (!answer.ok) return;
  const drawn = document.createElement("template");
  drawn.innerHTML = await answer.text();
  const anew = drawn.content.querySelector("[data-monitor]");
  if (!anew) return;
  // Its buttons come back to this page, with its search and page number.
  const back = anew.querySelector('input[name="next"]');
  if (back) back.setAttribute("value", location.pathname + location.search);
  card.replaceWith(anew);
}

/** @param {any} monitor */
function signature(monitor) {
  const rules = monitor.rules.map(
    (/** @type {any} */ rule) => `${rule.id}:${rule.state}:${rule.fired_count}`,
  );
  return [monitor.status, monitor.updated_at, ...rules].join(" ");
}
