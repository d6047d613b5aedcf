// @ts-check
/** What concerns everybody, above the page: it comes and goes while the page stays open. */

const EVERY = 25_000;
/** While somebody types nothing moves; so long after the last key nobody types. */
const TYPED = 2000;
const NEWS = new Set(["feed_lost", "feed_back"]);

export class Banners {
  #place = /** @type {HTMLElement} */ (document.getElementById("banners"));
  #asked = 0;
  #typedAt = -Infinity;
  #wasLive = false;
  #wasLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  constructor() {
    setInterval(() => this.#look(), EVERY);
    document.addEventListener("visibilitychange", () => this.#look());
    document.addEventListener("input", () => (this.#typedAt = performance.now()));
  }

  /** @param {import("./realtime/types.js").Frame} frame */
  receive(frame) {
    if (frame.type === "notification" && NEWS.has(frame.data.kind)) this.#look();
  }

  /**
   * The page is as new as its connection: what changed while there was none is looked up.
   * @param {string} state
   */
  connection(state) {
    if (state !== "live") {
      this.#wasLost = this.#wasLive;
      return;
    }
    if (this.#wasLost) this.#look();
    this.#wasLive = true;
    this.#wasLost = false;
  }

  /** Ask the server, which draws; a hidden page asks when it is seen again. */
  async #look() {
    if (document.visibilityState !== "visible") return;
    const asked = ++this.#asked;
    try {
      const answer = await fetch(this.#place.dataset.url ?? "");
      const text = await answer.text();
      // A newer question may have been answered before; a redirection leads to the log-in.
      if (answer.ok && !answer.redirected && asked === this.#asked) this.#draw(text);
    } catch {
      // No connection: it is asked again, at the latest when there is one.
    }
  }

  /** @param {string} text */
  #draw(text) {
    clearTimeout(this.#waiting);
    const typing = this.#typedAt + TYPED - performance.now();
    if (typing > 0) {
      this.#waiting = setTimeout(() => this.#draw(text), typing);
      return;
    }
    const drawn = document.createElement("template");
    drawn.innerHTML = text.trim();
    // Put in anew, the same words would be read out again.
    if (drawn.innerHTML !== this.#place.innerHTML.trim()) this.#place.replaceChildren(drawn.content);
  }
}
