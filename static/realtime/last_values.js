// @ts-check
/** The last value of everything that tabs follow, for a tab that comes late. */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Key} Key */

export class LastValues {
  /** @type {Map<Key, any>} */
  #quotes = new Map();
  /** @type {Map<Key, any>} */
  #monitors = new Map();

  /** @param {any[]} quotes */
  takeQuotes(quotes) {
    for (const quote of quotes) this.#quotes.set(quote.symbol, quote);
  }

  /**
   * Return whether the monitor's symbol is news.
   * @param {any} monitor
   */
  takeMonitor(monitor) {
    const before = this.#monitors.get(monitor.id)?.symbol;
    if (monitor.deleted) this.#monitors.delete(monitor.id);
    else this.#monitors.set(monitor.id, monitor);
    return monitor.symbol !== undefined && monitor.symbol !== before;
  }

  /**
   * The symbols whose quotes belong to some monitors.
   * @param {Iterable<Key>} ids
   * @returns {Set<Key>}
   */
  symbolsOf(ids) {
    return new Set([...ids].map((id) => this.#monitors.get(id)?.symbol).filter(Boolean));
  }

  /**
   * Frames that tell the last values.
   * @param {Iterable<Key>} symbols
   * @param {Iterable<Key>} [ids]
   * @returns {Frame[]}
   */
  frames(symbols, ids = []) {
    const quotes = present(symbols, this.#quotes);
    const monitors = present(ids, this.#monitors);
    return [
      ...(quotes.length ? [{ type: "quotes", data: quotes }] : []),
      ...monitors.map((data) => ({ type: "monitor", data })),
    ];
  }

  /**
   * Forget the others: what nobody follows is told no more, so it grows old.
   * @param {Set<Key>} symbols
   * @param {Set<Key>} ids
   */
  keep(symbols, ids) {
    for (const id of this.#monitors.keys()) if (!ids.has(id)) this.#monitors.delete(id);
    const theirs = this.symbolsOf(ids);
    for (const symbol of this.#quotes.keys()) {
      if (!symbols.has(symbol) && !theirs.has(symbol)) this.#quotes.delete(symbol);
    }
  }

  /** Without a connection everything grows old. */
  clear() {
    this.#quotes.clear();
    this.#monitors.clear();
  }
}

/**
 * @param {Iterable<Key>} keys
 * @param {Map<Key, any>} values
 */
function present(keys, values) {
  return [...new Set(keys)].filter((key) => values.has(key)).map((key) => values.get(key));
}
