// @ts-check
/** Whether and when to connect again. */

const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
/** A connection that lasted so long was a good one: the next pause starts small again. */
const GOOD_AFTER = 10_000;

/** Coming back would change nothing: log in first, or ask for permission. */
const FINAL = new Set([4001, 4003, 4005]);
/** The server asks to come back at once. */
const AT_ONCE = new Set([4200, 4202]);

export class Retry {
  #attempts = 0;
  #random;

  /** @param {() => number} random From 0 to 1. */
  constructor(random) {
    this.#random = random;
  }

  /** Somebody wants a connection now: begin anew. */
  reset() {
    this.#attempts = 0;
  }

  /**
   * The pause after an end, in milliseconds; null to give up.
   * @param {number} code The close code.
   * @param {number} lasted How long the connection was good for.
   * @param {number} most Attempts in a row.
   */
  after(code, lasted, most) {
    if (lasted >= GOOD_AFTER) this.#attempts = 0;
    if (FINAL.has(code) || this.#attempts >= most) return null;
    const first = this.#attempts === 0;
    const pause = AT_ONCE.has(code) && first ? 0 : this.pauseBefore(this.#attempts);
    this.#attempts += 1;
    return pause;
  }

  /**
   * The pause before an attempt: full jitter, from half a second to twenty.
   * @param {number} attempt Counted from 0.
   */
  pauseBefore(attempt) {
    const longest = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (attempt + 1));
    return SHORTEST_PAUSE + this.#random() * (longest - SHORTEST_PAUSE);
  }
}
