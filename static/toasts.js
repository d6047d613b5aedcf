// @ts-check
/** Short notes in the corner, read out by screen readers. */

/** What may cost money stays until it is dismissed. */
const STAYING = new Set(["stop_loss"]);
const SHOWN_FOR = 10_000;
const MOST = 5;

export class Toasts {
  #place = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  #blank = /** @type {HTMLTemplateElement} */ (document.getElementById("toast"));

  /** @param {import("./realtime/types.js").Frame} frame */
  receive(frame) {
    if (frame.type === "ok" && frame.recovered === false) this.say("missed");
    if (frame.type !== "notification") return;
    const { kind, title, body, url } = frame.data;
    this.#show({ title, text: body, url, kind, stays: STAYING.has(kind) });
  }

  /**
   * Show one of the notes that the page brought along; it stays.
   * @param {"logged-out" | "refused" | "missed"} name
   */
  say(name) {
    const { title = "", text = "", more, url, newTab } =
      document.getElementById(`toast-${name}`)?.dataset ?? {};
    this.#show({ title, text, more, url, newTab: newTab !== undefined, kind: name, stays: true });
  }

  /** @param {{title: string, text: string, more?: string, url?: string, newTab?: boolean, kind: string, stays: boolean}} note */
  #show({ title, text, more, url, newTab, kind, stays }) {
    const copy = /** @type {DocumentFragment} */ (this.#blank.content.cloneNode(true));
    const toast = /** @type {HTMLElement} */ (copy.firstElementChild);
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (toast.querySelector(`.${name}`));
    toast.classList.add(kind, ...(stays ? ["stays"] : []));
    if (stays) toast.setAttribute("role", "alert");
    part("title").textContent = title;
    part("text").textContent = text;
    if (more) part("more").textContent = more;
    if (url) part("more").setAttribute("href", url);
    else part("more").remove();
    if (newTab) {
      part("more").setAttribute("target", "_blank");
      part("more").setAttribute("rel", "noopener");
    }
    part("close").addEventListener("click", () => toast.remove());
    this.#place.append(toast);
    this.#makeRoom();
    // A stack that is higher than its place shows the newest.
    this.#place.scrollTop = this.#place.scrollHeight;
    if (!stays) this.#fade(toast);
  }

  /** The oldest that need not stay go first. */
  #makeRoom() {
    while (this.#place.children.length > MOST) {
      (this.#place.querySelector(".toast:not(.stays)") ?? this.#place.firstElementChild)?.remove();
    }
  }

  /**
   * Let a toast go after a while, but not while somebody reads it.
   * @param {HTMLElement} toast
   */
  #fade(toast) {
    let timer = setTimeout(() => toast.remove(), SHOWN_FOR);
    for (const event of ["pointerenter", "focusin"]) {
      toast.addEventListener(event, () => clearTimeout(timer));
    }
    for (const event of ["pointerleave", "focusout"]) {
      toast.addEventListener(event, () => {
        clearTimeout(timer);
        timer = setTimeout(() => toast.remove(), SHOWN_FOR);
      });
    }
  }
}
