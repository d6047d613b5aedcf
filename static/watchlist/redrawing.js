// @ts-check
/**
 * Has the list drawn anew by the server where more has changed than a row: other monitors, other
 * groups, another day. Whoever is at work in it stays where they are.
 */

import { keepPlace } from "./keeping.js";

const TOGETHER_MS = 300;
/** What somebody is typing into; the list waits until they have done. */
const EDITOR = ".level-field";

export class Redrawing {
  #root;
  #prices;
  #put;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Whether the server is drawing: what happens now may not be in it. */
  isAsking = false;
  #isDue = false;

  /**
   * @param {HTMLElement} root
   * @param {import("./prices.js").Prices} prices
   * @param {(drawn: DocumentFragment) => void} put Puts in what was drawn.
   */
  constructor(root, prices, put) {
    this.#root = root;
    this.#prices = prices;
    this.#put = put;
  }

  /** @param {string} version Of the user's monitors now. */
  heard(version) {
    if (this.#isDue || version !== this.#version) this.soon();
  }

  /** Draw it, together with what else happens now. */
  soon() {
    this.#isDue = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#draw();
    }, TOGETHER_MS);
  }

  get #version() {
    return this.#root.querySelector("[data-version]")?.getAttribute("data-version");
  }

  async #draw() {
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.#isDue && !this.#isBusy()) {
      this.#isDue = false;
      this.#prices.keep();
      const drawn = await read();
      const isPut = drawn !== null && !this.#isBusy();
      if (isPut) this.#take(drawn);
      this.#prices.repeat();
      this.#isDue ||= !isPut;
      // Without a connection it is asked again when there is one.
      if (!drawn) break;
    }
    this.isAsking = false;
  }

  /** @param {DocumentFragment} drawn */
  #take(drawn) {
    const goBack = keepPlace(this.#root);
    this.#put(drawn);
    goBack();
  }

  #isBusy() {
    if (!this.#root.querySelector(EDITOR)) return false;
    for (const event of ["focusout", "edit-over"]) {
      this.#root.addEventListener(event, () => this.soon(), { once: true });
    }
    return true;
  }
}

/** Read the list of this page; null where it cannot be had. */
async function read() {
  const address = location.pathname + location.search;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const drawn = document.createElement("template");
  drawn.innerHTML = await answer.text();
  return drawn.content.querySelector("[data-version]") ? drawn.content : null;
}
