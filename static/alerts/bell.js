// @ts-check
/**
 * The bell in the header opens a panel of the newest notifications. Without JavaScript, on small
 * screens, and with a key held down it is the link that it is written as.
 */

import { act, readUpTo, tellsRead } from "./act.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

const ROOMY = matchMedia("(min-width: 48rem)");
const DRAW_WITHIN = 300;

export class Bell {
  #client;
  #link = document.getElementById("unread")?.closest("a") ?? null;
  #panel = document.createElement("section");
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #drawing;

  /** @param {import("../realtime/types.js").Realtime} client */
  constructor(client) {
    this.#client = client;
    const link = this.#link;
    if (!link) return;
    this.#panel.id = "bell-panel";
    this.#panel.hidden = true;
    this.#panel.tabIndex = -1;
    this.#panel.setAttribute("role", "dialog");
    this.#panel.setAttribute("aria-labelledby", "bell-title");
    link.after(this.#panel);
    link.addEventListener("click", (event) => this.#pressed(event));
    ROOMY.addEventListener("change", () => this.#describe());
    this.#describe();
    this.#panel.addEventListener("click", (event) => this.#chosen(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#holds(event.target)) this.#close(true);
    });
    for (const event of ["pointerdown", "focusin"])
      document.addEventListener(event, ({ target }) => {
        if (!this.#holds(target)) this.#close(false);
      });
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (this.#panel.hidden) return;
    if (frame.type === "read") {
      for (const row of this.#panel.querySelectorAll(".unread"))
        if (tellsRead(frame, Number(row.getAttribute("data-seq")))) row.classList.remove("unread");
    }
    if (frame.type !== "notification") return;
    clearTimeout(this.#drawing);
    this.#drawing = setTimeout(() => void this.#draw(), DRAW_WITHIN);
  }

  /** Say that the link opens something, where it does. */
  #describe() {
    if (ROOMY.matches) {
      this.#link?.setAttribute("aria-haspopup", "dialog");
      this.#link?.setAttribute("aria-expanded", String(!this.#panel.hidden));
      return;
    }
    this.#close(false);
    for (const name of ["aria-haspopup", "aria-expanded"]) this.#link?.removeAttribute(name);
  }

  /** @param {MouseEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !ROOMY.matches) return;
    event.preventDefault();
    if (this.#panel.hidden) void this.#open();
    else this.#close(true);
  }

  async #open() {
    if (!(await this.#draw())) {
      location.assign(this.#link?.href ?? "");
      return;
    }
    this.#panel.hidden = false;
    this.#describe();
    this.#panel.focus();
  }

  /** @param {boolean} back Whether the focus goes back to the bell. */
  #close(back) {
    if (this.#panel.hidden) return;
    this.#panel.hidden = true;
    this.#describe();
    if (back) this.#link?.focus();
  }

  /** Draw the newest as the server writes them; returns whether it did. */
  async #draw() {
    const asked = ++this.#asked;
    try {
      const answer = await fetch("/notifications/newest/");
      if (!answer.ok || answer.redirected) return false;
      const text = await answer.text();
      // A newer question may have been answered before.
      if (asked === this.#asked) this.#put(text);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} text */
  #put(text) {
    const kept = this.#panel.contains(document.activeElement);
    const href = document.activeElement?.getAttribute("href");
    this.#panel.innerHTML = text;
    if (!kept) return;
    const same = href ? this.#panel.querySelector(`a[href="${CSS.escape(href)}"]`) : null;
    if (same instanceof HTMLElement) same.focus();
    else this.#panel.focus();
  }

  /** @param {MouseEvent} event */
  #chosen({ target }) {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-read-all]") instanceof HTMLButtonElement) {
      void readUpTo(this.#client, Number(target.getAttribute("value")));
      this.#panel.focus();
    }
    const row = target.closest("a") && target.closest(".unread");
    if (row) void act(Number(row.getAttribute("data-seq")), "read");
  }

  /** @param {EventTarget | null} target */
  #holds(target) {
    const inside = target instanceof Node && this.#panel.contains(target);
    return inside || (target instanceof Node && (this.#link?.contains(target) ?? false));
  }
}
