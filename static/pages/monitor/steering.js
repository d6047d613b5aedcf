// @ts-check
/** Wheel, buttons and keys that move the chart. The plain wheel is the page's. */

/** @typedef {import("./viewport.js").Viewport} Viewport */

/** How many times as near a button or a key brings the chart. */
const NEARER = 1.5;
/** The part of what is seen that an arrow key moves. */
const STEP = 0.1;
/** A wheel's click goes no further than this; a finger's pinch comes in many small ones. */
const CLICK = 40;
const LINE = 16;

/**
 * What keys do beside moving the chart.
 * @typedef {object} Looks
 * @property {(by: number) => void} step To the bar beside.
 * @property {(by: number) => void} leap To the bar beside of those that have a mark.
 * @property {() => void} open What is marked here.
 * @property {() => void} leave
 * @property {() => void} moved Something else is seen.
 */

export class Steering {
  #place;
  #viewport;
  #looks;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} place
   * @param {Viewport} viewport
   * @param {Looks} looks
   */
  constructor(root, place, viewport, looks) {
    this.#place = place;
    this.#viewport = viewport;
    this.#looks = looks;
    place.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    place.addEventListener("keydown", (event) => this.#key(event));
    place.addEventListener("blur", () => looks.leave());
    for (const button of root.querySelectorAll("[data-steer]")) {
      button.addEventListener("click", () => this.#move(button.getAttribute("data-steer") ?? ""));
    }
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
    const [x, y] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      const way = Math.min(Math.max(y, -CLICK), CLICK);
      this.#viewport.zoom(Math.exp(-way / 100), event.clientX - this.#place.getBoundingClientRect().x);
    } else if (Math.abs(x) > Math.abs(y)) this.#viewport.pan(x);
    else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // The handles of levels are inside, and have keys of their own.
    if (event.target !== this.#place || event.altKey || event.ctrlKey || event.metaKey) return;
    const look = event.shiftKey ? SHIFTED[event.key] : PLAIN[event.key];
    const move = KEYS[event.key];
    if (look) look(this.#looks);
    else if (move && !(event.shiftKey && event.key.startsWith("Arrow"))) this.#move(move);
    else return;
    event.preventDefault();
  }

  /** @param {string} move */
  #move(move) {
    MOVES[move]?.(this.#viewport);
    this.#looks.moved();
  }
}

/** @type {Record<string, (viewport: Viewport) => void>} */
const MOVES = {
  in: (viewport) => viewport.zoom(NEARER),
  out: (viewport) => viewport.zoom(1 / NEARER),
  now: (viewport) => viewport.toNow(),
  first: (viewport) => viewport.toFirst(),
  back: (viewport) => viewport.leaf(-STEP),
  on: (viewport) => viewport.leaf(STEP),
};

/** @type {Record<string, string>} */
const KEYS = {
  ArrowLeft: "back",
  ArrowRight: "on",
  "+": "in",
  "=": "in",
  "-": "out",
  _: "out",
  Home: "first",
  End: "now",
};

/** @type {Record<string, (looks: Looks) => void>} */
const PLAIN = {
  PageUp: (looks) => looks.leap(-1),
  PageDown: (looks) => looks.leap(1),
  Enter: (looks) => looks.open(),
  Escape: (looks) => looks.leave(),
};

/** @type {Record<string, (looks: Looks) => void>} */
const SHIFTED = {
  ArrowLeft: (looks) => looks.step(-1),
  ArrowRight: (looks) => looks.step(1),
};
