// @ts-check
/** The watchlist: prices, distances and sparklines move, a changed monitor is drawn anew. */

import { Sessions } from "../sessions.js";
import { everySecond, now } from "../times.js";
import { MarketClock } from "../watchlist/clock.js";
import { filtering } from "../watchlist/filtering.js";
import { folding } from "../watchlist/folding.js";
import { Prices } from "../watchlist/prices.js";
import { Redrawing } from "../watchlist/redrawing.js";
import { Rows } from "../watchlist/rows.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */
/** @typedef {import("../realtime/types.js").Realtime} Realtime */

/** Orders that prices change. */
const MOVING = /change|distance|fired/;
/** Groups that a change of a monitor puts it into, and out of. */
const BY_MONITOR = /own|rating|status/;

/**
 * @param {Realtime} client
 * @returns {((frame: Frame) => void) | null}
 */
export function monitorList(client) {
  const root = document.getElementById("monitors");
  const place = document.getElementById("clock");
  if (!root || !place) return null;
  const sessions = new Sessions(place);
  const clock = new MarketClock(place, sessions);
  const rows = new Rows(root, sessions);
  const { sort = "", grouping = "" } = root.dataset;
  const resort = () => rows.sort(sort);
  const prices = new Prices((symbol) => rows.of(symbol));
  const redrawing = new Redrawing(root, prices, (drawn) => {
    const before = rows.ids;
    rows.take(drawn);
    follow(client, before, rows.ids);
    void clock.draw();
  });

  narrowing(rows, () => prices.again());
  const again = document.getElementById("resort");
  if (again && MOVING.test(sort)) again.hidden = false;
  again?.addEventListener("click", resort);
  folding(root);
  everySecond(() => {
    clock.tick();
    for (const row of rows.all) row.grow();
    if (sessions.rang(now())) redrawing.soon();
  });
  // What is there again comes by the socket.
  document.addEventListener("monitors-back", (event) => {
    if (client.state === "live") event.preventDefault();
  });

  client.follow("monitors", rows.ids);
  return (frame) => {
    if (frame.type === "quotes") prices.take(frame.data);
    if (frame.type === "watchlist") redrawing.heard(frame.version);
    if (frame.type !== "monitor") return;
    const isOfAll = BY_MONITOR.test(grouping) || redrawing.isAsking;
    if (isOfAll && rows.isNews(frame.data)) redrawing.soon();
    else rows.update(frame.data);
  };
}

/**
 * Ask, once there is a connection, whether the user has other monitors by now; and be told.
 * @param {Realtime} client
 */
export function followWatchlist(client) {
  if (!document.getElementById("monitors")) return () => {};
  return () => {
    if (client.state === "live") client.send({ op: "subscribe", stream: "watchlist" });
  };
}

/**
 * @param {Rows} rows
 * @param {() => void} done What else is to be done where rows were drawn anew.
 */
function narrowing(rows, done) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("arranging"));
  const narrow = filtering(form, rows);
  rows.constructed(() => {
    const search = form.parentElement;
    // The first monitor brings what there is to do with many.
    if (search && rows.ids.length) search.hidden = false;
    narrow();
    done();
  });
}

/**
 * @param {Realtime} client
 * @param {number[]} before
 * @param {number[]} ids
 */
function follow(client, before, ids) {
  client.unfollow("monitors", before.filter((id) => !ids.includes(id)));
  client.follow("monitors", ids.filter((id) => !before.includes(id)));
}
