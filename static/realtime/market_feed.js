// @ts-check
/** Follows the quotes and monitors that any tab follows, and tells each tab its own. */

import { LastValues } from "./last_values.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Key} Key */
/** @typedef {import("./types.js").Stream} Stream */
/** @typedef {import("./tab.js").Tab} Tab */

/** What one connection may follow: the server's limits. */
const MOST = { quotes: 500, monitors: 200 };

export class MarketFeed {
  #tabs;
  #client;
  #last = new LastValues();

  /**
   * @param {Set<Tab>} tabs
   * @param {import("./types.js").Realtime} client
   */
  constructor(tabs, client) {
    this.#tabs = tabs;
    this.#client = client;
  }

  /**
   * Follow some for a tab; return false if that is too much for one connection.
   * @param {Tab} tab
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  follow(tab, stream, keys) {
    const all = this.#followed(stream);
    for (const key of keys) all.add(key);
    if (all.size > MOST[stream]) return false;
    for (const key of keys) tab.follows[stream].add(key);
    this.#client.follow(stream, keys);
    // Of what was followed already, the server says nothing again.
    const last = this.#last;
    const frames =
      stream === "quotes" ? last.frames(keys) : last.frames(last.symbolsOf(keys), keys);
    for (const frame of frames) tab.pass(frame);
    return true;
  }

  /**
   * @param {Tab} tab
   * @param {Stream} stream
   * @param {Iterable<Key>} keys
   */
  unfollow(tab, stream, keys) {
    const gone = [...keys].filter((key) => tab.follows[stream].delete(key));
    const all = this.#followed(stream);
    this.#client.unfollow(stream, gone.filter((key) => !all.has(key)));
    this.#last.keep(this.#followed("quotes"), this.#followed("monitors"));
  }

  /** @param {Tab} tab A tab that has gone. */
  left(tab) {
    for (const stream of STREAMS) this.unfollow(tab, stream, [...tab.follows[stream]]);
  }

  /** @param {Frame} frame */
  quotes(frame) {
    this.#last.takeQuotes(frame.data);
    for (const tab of this.#tabs) {
      const theirs = this.#last.symbolsOf(tab.follows.monitors);
      const data = frame.data.filter(
        (/** @type {any} */ { symbol }) => tab.follows.quotes.has(symbol) || theirs.has(symbol),
      );
      if (data.length) tab.pass({ ...frame, data });
    }
  }

  /** @param {Frame} frame */
  monitor(frame) {
    const { id, symbol, deleted } = frame.data;
    // Its quote may have come first, when nobody knew whose it is.
    const quote = this.#last.takeMonitor(frame.data) ? this.#last.frames([symbol]) : [];
    for (const tab of this.#tabs) {
      if (!tab.follows.monitors.has(id)) continue;
      if (deleted) tab.follows.monitors.delete(id);
      if (!tab.follows.quotes.has(symbol)) for (const one of quote) tab.pass(one);
      tab.pass(frame);
    }
  }

  /** The connection is gone: what comes after it is newer than all that is known. */
  forget() {
    this.#last.clear();
  }

  /**
   * @param {Stream} stream
   * @returns {Set<Key>}
   */
  #followed(stream) {
    return new Set([...this.#tabs].flatMap((tab) => [...tab.follows[stream]]));
  }
}

/** @type {Stream[]} */
const STREAMS = ["quotes", "monitors"];
