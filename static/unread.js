// @ts-check
/** The number of unread notifications, in the header and before the page's title. */

export class Unread {
  #count = Number(document.body.dataset.unread);
  #title = document.title;

  constructor() {
    this.#show();
  }

  /**
   * @param {import("./realtime/types.js").Frame} frame
   * @param {number} head The number of the newest notification that we know.
   */
  receive(frame, head) {
    if (frame.type === "notification") {
      if (!frame.data.read_at) this.#count += 1;
      this.#show();
    } else if (frame.type === "read") {
      if (frame.up_to >= head) {
        this.#count = 0;
        this.#show();
      } else void this.#ask();
    } else if (frame.type === "ok" && frame.recovered === false) void this.#ask();
  }

  /** Ask where counting does not tell. */
  async #ask() {
    const answer = await fetch("/api/v1/realtime/notifications?unread=true&page_size=1");
    if (!answer.ok) return;
    this.#count = (await answer.json()).count;
    this.#show();
  }

  #show() {
    const sign = document.getElementById("unread");
    if (sign) {
      sign.textContent = String(this.#count);
      sign.hidden = this.#count === 0;
    }
    document.title = this.#count ? `(${this.#count}) ${this.#title}` : this.#title;
  }
}
