// @ts-check
/** What the monitor said: the newest firings come with the page, older ones with their bars. */

/**
 * @typedef {object} Firing
 * @property {number} seq
 * @property {string} at
 * @property {string} kind
 * @property {string} level
 * @property {string} price
 */

export class Firings {
  #url;
  /** @type {Map<number, Firing>} By number. */
  #known = new Map();
  #hasOlder = true;

  /** @param {string} url Where older ones are. */
  constructor(url) {
    this.#url = url;
  }

  /** All that are known, the oldest first. */
  get all() {
    return [...this.#known.values()].sort((one, other) => one.seq - other.seq);
  }

  /** @param {Firing[]} firings */
  take(firings) {
    for (const firing of firings) this.#known.set(firing.seq, firing);
  }

  /**
   * Read some of those that are older, if a time is further in the past than all that are known.
   * @param {number} ms
   * @returns {Promise<boolean>} Whether there were any.
   */
  async reach(ms) {
    const [oldest] = this.all;
    if (!oldest || !this.#hasOlder || Date.parse(oldest.at) < ms) return false;
    const answer = await fetch(`${this.#url}?before=${oldest.seq}`);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    /** @type {Firing[]} */
    const older = await answer.json();
    this.#hasOlder = older.length > 0;
    this.take(older);
    return this.#hasOlder;
  }
}
