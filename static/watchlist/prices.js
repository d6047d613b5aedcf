// @ts-check
/**
 * Puts live quotes into rows: all that came since the last frame at once, the newest of each symbol.
 * A hidden page draws nothing, and all of it when it is seen again.
 */

/** @typedef {import("../quote.js").Quote} Quote */
/** @typedef {import("./row.js").Row} Row */

const FLASH_MS = 500;

export class Prices {
  #rowsOf;
  /** @type {Map<string, Quote>} */
  #waiting = new Map();
  /** @type {Set<Row>} */
  #flashing = new Set();
  #isAsked = false;
  /** @type {Map<string, Quote>} The newest of each symbol. */
  #last = new Map();

  /** @type {Quote[] | null} What came since the list is being drawn anew. */
  #kept = null;

  /** @param {(symbol: string) => Iterable<Row>} rowsOf */
  constructor(rowsOf) {
    this.#rowsOf = rowsOf;
  }

  /** @param {Quote[]} quotes */
  take(quotes) {
    this.#kept?.push(...quotes);
    for (const quote of quotes) {
      this.#waiting.set(quote.symbol, quote);
      this.#last.set(quote.symbol, quote);
    }
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#draw());
  }

  /** Show the newest again, in rows that the server drew before it came. */
  again() {
    this.take([...this.#last.values()]);
  }

  /** Keep what comes, to be shown again in rows that may know less. */
  keep() {
    this.#kept = [];
  }

  repeat() {
    const kept = this.#kept ?? [];
    this.#kept = null;
    this.take(kept);
  }

  #draw() {
    this.#isAsked = false;
    this.#calm();
    for (const quote of this.#waiting.values()) {
      for (const row of this.#rowsOf(quote.symbol)) {
        const moved = row.show(quote);
        if (!moved) continue;
        row.flash(moved > 0 ? "rose" : "fell");
        this.#flashing.add(row);
      }
    }
    this.#waiting.clear();
    if (this.#flashing.size) setTimeout(() => this.#calm(), FLASH_MS);
  }

  #calm() {
    for (const row of this.#flashing) row.flash(null);
    this.#flashing.clear();
  }
}
