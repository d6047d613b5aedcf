// @ts-check

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").State} State */

/** What a page sets and reads of a connection, its own or one that it shares. */
export class Listeners {
  onOpen = () => {};
  /** @type {(frame: Frame) => void} */
  onMessage = () => {};
  /** @type {(problem: Problem) => void} */
  onError = () => {};
  /** @type {(state: State) => void} */
  onState = () => {};
  /** @type {State} */
  state = "offline";
  /** @type {number | null} When the next attempt to connect is made. */
  nextTry = null;
}
