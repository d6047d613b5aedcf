// @ts-check
/** The newest notifications, for tabs whose page is older than they are. */

/** @typedef {import("./types.js").Frame} Frame */

/** As many as the server replays. */
const MOST = 500;

export class Recent {
  /** Every notification behind this number, up to the newest, is here. */
  floor;
  /** @type {Frame[]} */
  #frames = [];

  /** @param {number} floor */
  constructor(floor) {
    this.floor = floor;
  }

  /** @param {Frame} frame */
  add(frame) {
    this.#frames.push(frame);
    if (this.#frames.length > MOST) this.floor = this.#frames.shift()?.seq;
  }

  /** @param {number} seq */
  behind(seq) {
    return this.#frames.filter((frame) => frame.seq > seq);
  }

  /**
   * There is a gap up to a number.
   * @param {number} seq
   */
  skipTo(seq) {
    this.#frames = [];
    this.floor = seq;
  }

  /** @param {Frame} mark */
  markRead({ up_to, seqs = [] }) {
    const now = new Date().toISOString();
    for (const { seq, data } of this.#frames)
      if (seq <= up_to || seqs.includes(seq)) data.read_at ??= now;
  }
}
