// @ts-check
/** When markets trade: the server writes the sessions of the coming days (`views/freshness.py`). */

/** @typedef {[begin: number, end: number]} Session In epoch milliseconds. */

/** By so much later the server has surely heard a bell, whatever this machine's clock says. */
const HEARD_AFTER = 15_000;
/** Not all pages ask at once. */
const SPREAD = 10_000;

export class Sessions {
  #root;
  /** @type {Map<string, Session[]>} */
  #of = new Map();
  /** The first bell that has not been told. */
  #next = Infinity;
  #patience = HEARD_AFTER + Math.random() * SPREAD;

  /** @param {Element} root What has the sessions, or holds what has them. */
  constructor(root) {
    this.#root = root;
    this.read();
  }

  /** Read them anew: the server has drawn them again. */
  read() {
    this.#of.clear();
    const places = [this.#root, ...this.#root.querySelectorAll("[data-sessions]")];
    for (const place of places) {
      const written = place.getAttribute("data-sessions");
      if (written) this.#of.set(place.getAttribute("data-market") ?? "", written.split(" ").map(session));
    }
  }

  /**
   * When the session began that is under way; null while a market is closed.
   * @param {string} market Empty for one that never closes.
   * @param {number} now
   */
  since(market, now) {
    if (!market) return 0;
    const current = this.#of.get(market)?.find(([begin, end]) => begin <= now && now <= end);
    return current ? current[0] : null;
  }

  /**
   * Whether a session has begun or ended since it was asked last, and the server has heard of it.
   * @param {number} now
   */
  rang(now) {
    const bells = [...this.#of.values()].flat(2).filter((bell) => bell > now);
    const coming = Math.min(...bells);
    this.#next = Math.min(this.#next, coming);
    if (now < this.#next + this.#patience) return false;
    this.#next = coming;
    return true;
  }
}

/**
 * @param {string} written
 * @returns {Session}
 */
function session(written) {
  const [begin, end] = written.split("-");
  return [Number(begin) * 1000, Number(end) * 1000];
}
