// @ts-check
/** Which bar is read: the one under the mouse, one that keys chose, or else the last. */

/** @typedef {import("./bars.js").Bar} Bar */
/** @typedef {import("./marks.js").Mark} Mark */

export class Reader {
  #canvas;
  #tools;
  #open;
  /** @type {Bar[]} */
  #bars = [];
  /** @type {Mark[]} */
  #marks = [];
  /** @type {number | undefined} The bar's time. */
  #time;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {import("./tools.js").Tools} tools
   * @param {(seq: number) => void} open Opens a firing.
   */
  constructor(canvas, tools, open) {
    this.#canvas = canvas;
    this.#tools = tools;
    this.#open = open;
  }

  /**
   * @param {Bar[]} bars
   * @param {Mark[]} marks
   */
  show(bars, marks) {
    this.#bars = bars;
    this.#marks = marks;
    this.#tell();
  }

  /** @param {number | undefined} time */
  hover(time) {
    this.#time = time;
    this.#tell();
  }

  /** @param {number} by How many bars to the future; below 0 to the past. */
  step(by) {
    const here = this.#bars.findIndex((bar) => bar.time === this.#time);
    this.#go(here < 0 ? this.#bars.length - 1 : here + by);
  }

  /** @param {number} by The same, of bars in which something fired. */
  leap(by) {
    const here = this.#time ?? Infinity;
    const next =
      by < 0
        ? this.#marks.findLast(({ time }) => time < here)
        : this.#marks.find(({ time }) => time > here);
    if (next) this.#go(this.#bars.findIndex((bar) => bar.time === next.time));
  }

  /** Open what fired in the bar that is read. */
  open() {
    const newest = this.#firings().at(0);
    if (newest) this.#open(newest.seq);
  }

  leave() {
    this.#time = undefined;
    this.#canvas.pin(null);
    this.#tell();
  }

  /** Say which bars are seen now. */
  moved() {
    const { first, last } = this.#canvas.viewport.seen;
    if (this.#bars[last]) this.#tools.say(this.#tools.span(this.#bars[first], this.#bars[last]));
  }

  /** @param {number} place */
  #go(place) {
    const to = Math.min(Math.max(place, 0), this.#bars.length - 1);
    const bar = this.#bars[to];
    if (!bar) return;
    this.#time = bar.time;
    this.#canvas.viewport.reveal(to);
    this.#canvas.pin(bar);
    this.#tools.say(this.#tell());
  }

  #tell() {
    const said = [this.#tools.legend(this.#bars, this.#time), this.#tools.fired(this.#firings())];
    return said.filter(Boolean).join(" · ");
  }

  /** What fired in the bar that is read, the newest first. */
  #firings() {
    const time = this.#time ?? this.#bars.at(-1)?.time;
    const here = this.#marks.filter((mark) => mark.time === time);
    return here.flatMap(({ firings }) => firings).sort((one, other) => other.seq - one.seq);
  }
}
