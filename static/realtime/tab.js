// @ts-check
/** One tab, as the worker sees it. */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Key} Key */
/** @typedef {import("./types.js").Reply} Reply */

export class Tab {
  /** @type {Record<import("./types.js").Stream, Set<Key>>} */
  follows = { quotes: new Set(), monitors: new Set() };
  /** The number of the last notification that it was told. */
  after;
  /** Whether what its page missed is being read from the log. */
  reading = false;
  /** Pings in a row without an answer. */
  unanswered = 0;

  #port;

  /**
   * @param {MessagePort} port
   * @param {number} after
   */
  constructor(port, after) {
    this.#port = port;
    this.after = after;
  }

  /** @param {Reply} reply */
  tell(reply) {
    this.#port.postMessage(reply);
  }

  /** @param {Frame} frame */
  pass(frame) {
    this.tell({ say: "frame", frame });
  }

  /**
   * Pass on a notification that is behind those it was told.
   * @param {Frame} frame
   */
  notify(frame) {
    this.after = frame.seq;
    this.pass(frame);
  }

  /**
   * Tell of a gap that is too wide to be filled.
   * @param {number} head
   */
  skipTo(head) {
    if (head <= this.after) return;
    this.after = head;
    this.pass({ type: "ok", head, recovered: false, replayed: 0 });
  }
}
