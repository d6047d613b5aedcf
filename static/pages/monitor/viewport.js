// @ts-check
/** Which of the bars are seen: moved, zoomed, brought back to now. */

/** @typedef {{from: number, to: number}} Range Places of bars; also between and beside them. */

/** A bar and its gap are as wide at first. */
const WIDE = 7;
/** Room behind the newest bar. */
const ROOM = 3;
const LEAST = 10;

export class Viewport {
  /** How many bars there are. */
  count = 0;

  #scale;
  #width;

  /**
   * @param {import("lightweight-charts").ITimeScaleApi<any>} scale
   * @param {() => number} width
   */
  constructor(scale, width) {
    this.#scale = scale;
    this.#width = width;
  }

  /** Show as many of the newest bars as can be told from each other. */
  open() {
    const shown = Math.max(30, Math.floor((this.#width() || 600) / WIDE));
    this.#set({ from: this.count - shown, to: this.count + ROOM });
  }

  openAll() {
    this.#scale.fitContent();
  }

  /** Go back to the newest bars, as near as they are seen now. */
  toNow() {
    const { from, to } = this.#range();
    const end = this.count + ROOM;
    this.#set({ from: end - (to - from), to: end });
  }

  /** Go to the oldest bars. */
  toFirst() {
    const { from, to } = this.#range();
    this.#set({ from: -1, to: to - from - 1 });
  }

  /**
   * Let the bars stay where they are seen while some come in front of them.
   * @param {number} added How many.
   * @param {() => void} come
   */
  hold(added, come) {
    const { from, to } = this.#range();
    come();
    this.#set({ from: from + added, to: to + added });
  }

  /** @param {number} pixels To the future; below 0 to the past. */
  pan(pixels) {
    const { from, to } = this.#range();
    const bars = (pixels / (this.#width() || 1)) * (to - from);
    this.#set({ from: from + bars, to: to + bars });
  }

  /** @param {number} part Of what is seen: to the future; below 0 to the past. */
  leaf(part) {
    this.pan(part * this.#width());
  }

  /**
   * @param {number} factor How many times as near.
   * @param {number} [x] What stays where it is; the right edge if left out.
   */
  zoom(factor, x) {
    const { from, to } = this.#range();
    const still = from + ((x ?? this.#width()) / (this.#width() || 1)) * (to - from);
    const most = Math.max(this.count + ROOM, LEAST);
    const length = Math.min(Math.max((to - from) / factor, LEAST), most);
    const scaled = length / (to - from);
    this.#set({ from: still - (still - from) * scaled, to: still + (to - still) * scaled });
  }

  /**
   * Move as little as it takes to see a bar.
   * @param {number} place
   */
  reveal(place) {
    const { from, to } = this.#range();
    const by = place < from + 1 ? place - from - 1 : place > to - 1 ? place - to + 1 : 0;
    if (by) this.#set({ from: from + by, to: to + by });
  }

  /** The first and the last bar that are seen. */
  get seen() {
    const { from, to } = this.#range();
    const last = this.count - 1;
    const within = (/** @type {number} */ place) => Math.min(Math.max(place, 0), last);
    return { first: within(Math.ceil(from)), last: within(Math.floor(to)) };
  }

  #range() {
    return this.#scale.getVisibleLogicalRange() ?? { from: 0, to: Math.max(this.count, LEAST) };
  }

  /** @param {Range} range */
  #set(range) {
    this.#scale.setVisibleLogicalRange(range);
  }
}
