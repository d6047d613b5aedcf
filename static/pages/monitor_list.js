// @ts-check
/** The watchlist: prices, distances and sparklines move, a changed monitor is drawn anew. */

import { marketClock } from "../watchlist/clock.js";
import { filtering } from "../watchlist/filtering.js";
import { folding } from "../watchlist/folding.js";
import { Prices } from "../watchlist/prices.js";
import { Rows } from "../watchlist/rows.js";
import { ageWriter, timeWriter } from "../watchlist/times.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/** Orders that prices change. */
const MOVING = /change|distance|fired/;

/**
 * @param {import("../realtime/types.js").Realtime} client
 * @returns {((frame: Frame) => void) | null}
 */
export function monitorList(client) {
  const root = document.getElementById("monitors");
  if (!root) return null;
  const rows = new Rows(root);
  const { sort = "", now: drawnAt } = root.dataset;
  const offset = clockOffset(Number(drawnAt));
  const now = () => Date.now() + offset;
  const resort = () => rows.sort(sort);
  const prices = new Prices((symbol) => rows.of(symbol), timeWriter(document.body.dataset.zone ?? "UTC"));

  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("arranging"));
  if (form) rows.constructed(filtering(form, rows));
  const again = document.getElementById("resort");
  if (again && MOVING.test(sort)) again.hidden = false;
  again?.addEventListener("click", resort);
  folding(root);
  everySecond(rows, now, ageWriter(root.dataset));

  client.follow("monitors", rows.ids);
  return (frame) => {
    if (frame.type === "quotes") prices.take(frame.data);
    if (frame.type === "monitor") rows.update(frame.data);
  };
}

/**
 * @param {Rows} rows
 * @param {() => number} now
 * @param {(seconds: number) => string} words
 */
function everySecond(rows, now, words) {
  const tick = marketClock(now);
  const grow = () => {
    if (document.hidden) return;
    tick();
    for (const symbol of rows.all) symbol.grow(now(), words);
  };
  setInterval(grow, 1000);
  grow();
}

/**
 * How far this machine's clock is behind the server's; what a page takes to load is no difference.
 * @param {number} drawnAt
 */
function clockOffset(drawnAt) {
  const behind = drawnAt * 1000 - Date.now();
  return Math.abs(behind) > 10_000 ? behind : 0;
}
