// @ts-check
/** The number of unread notifications: in the header, the title, the tab's icon, and the app's. */

const ASK_WITHIN = 300;

export class Unread {
  #count = Number(document.body.dataset.unread);
  /** @type {number[]} Those that came since the page was drawn. */
  #came = [];
  #title = document.title;
  #icon = document.querySelector('link[rel="icon"]');
  #plain = this.#icon?.getAttribute("href") ?? "";
  #dotted = document.getElementById("icon-unread")?.dataset.href ?? "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

  constructor() {
    this.#show();
  }

  /**
   * @param {import("./realtime/types.js").Frame} frame
   * @param {number} head The number of the newest notification that we know.
   */
  receive(frame, head) {
    if (frame.type === "notification") {
      if (!frame.data.read_at) {
        this.#count += 1;
        this.#came.push(frame.seq);
      }
      for (const button of readAll()) button.value = String(frame.seq);
      this.#show();
    } else if (frame.type === "read") {
      if (frame.up_to >= head) this.#set(0);
      else if (typeof frame.unread !== "number") this.#askSoon();
      else this.#set(frame.unread + this.#came.filter((seq) => seq > frame.head).length);
    } else if (frame.type === "ok" && frame.recovered === false) this.#askSoon();
  }

  /** Several marks in a row are one question. */
  #askSoon() {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), ASK_WITHIN);
  }

  /** Ask where counting does not tell. */
  async #ask() {
    const answer = await fetch("/api/v1/realtime/notifications?unread=true&page_size=1");
    if (!answer.ok) return;
    this.#set((await answer.json()).count);
  }

  /** @param {number} count */
  #set(count) {
    this.#count = count;
    this.#show();
  }

  #show() {
    const count = this.#count;
    const sign = document.getElementById("unread");
    if (sign) {
      sign.textContent = String(count);
      sign.hidden = count === 0;
    }
    for (const button of readAll()) button.disabled = count === 0;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    this.#icon?.setAttribute("href", count && this.#dotted ? this.#dotted : this.#plain);
    // Only where the page is installed as an app is there such a number; elsewhere nothing happens.
    if (count) void navigator.setAppBadge?.(count).catch(() => {});
    else void navigator.clearAppBadge?.().catch(() => {});
  }
}

/** @returns {NodeListOf<HTMLButtonElement>} */
function readAll() {
  return document.querySelectorAll("button[data-read-all]");
}
