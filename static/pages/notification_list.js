// @ts-check
/**
 * The log of notifications, kept up to date: the server draws it, this puts in what it drew anew.
 * While somebody is further down, or at work in the list, nothing moves: a bar says what is new.
 */

import { act, tellsRead } from "../alerts/act.js";
import { aim } from "./notification_list/aim.js";
import { closeChoices } from "./notification_list/choices.js";
import { itemOf, seqOf, swap, takeOver } from "./notification_list/drawing.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

const DRAW_WITHIN = 300;
/** Seconds after which it is asked again how the waiting deliveries fare. */
const LOOKS = [2, 3, 5, 10, 20, 30];

/** @returns {((frame: Frame) => void) | null} */
export function notificationList() {
  const place = document.getElementById("notifications");
  if (!place) return null;
  const log = new Log(place);
  aim(place);
  return (frame) => log.receive(frame);
}

class Log {
  #place;
  #bar = /** @type {HTMLElement} */ (document.getElementById("fresh"));
  #deeds = /** @type {HTMLFormElement} */ (document.getElementById("deeds"));
  /** @type {DocumentFragment | null} What was drawn anew and waits to be put in. */
  #held = null;
  #asked = 0;
  #looks = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #drawing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #looking;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    this.#deeds.addEventListener("submit", (event) => void this.#act(event));
    this.#bar.querySelector("button")?.addEventListener("click", () => this.#showHeld());
    place.addEventListener("click", ({ target }) => this.#followed(target));
    closeChoices(place);
    document.addEventListener("visibilitychange", () => this.#lookSoon());
    this.#lookSoon();
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (frame.type === "read") this.#markRead((seq) => tellsRead(frame, seq));
    const isNews = frame.type === "notification" || (frame.type === "ok" && frame.recovered === false);
    if (!isNews || !("live" in this.#place.dataset)) return;
    this.#looks = 0;
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      void this.#draw();
    }, DRAW_WITHIN);
  }

  /** Have the server draw this page anew. */
  async #draw() {
    const asked = ++this.#asked;
    try {
      const address = location.pathname + location.search;
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      const drawn = document.createElement("template");
      drawn.innerHTML = await answer.text();
      if (answer.ok && !answer.redirected && asked === this.#asked) this.#take(drawn.content);
    } catch {
      // No connection: it is asked again with the next news, at the latest when it is looked at.
    }
    this.#lookSoon();
  }

  /** @param {DocumentFragment} drawn */
  #take(drawn) {
    takeOver(this.#place, drawn);
    if (!("live" in this.#place.dataset)) return;
    const newest = Math.max(0, ...[...this.#place.querySelectorAll("[data-seq]")].map(seqOf));
    const fresh = [...drawn.querySelectorAll("[data-seq]")].filter((one) => seqOf(one) > newest);
    if (!fresh.length) return;
    if (!this.#isBusy()) {
      this.#put(drawn);
      return;
    }
    this.#held = drawn;
    this.#tell(fresh.length);
  }

  /** Whether somebody would lose their place if the list moved. */
  #isBusy() {
    const isScrolled = this.#place.getBoundingClientRect().top < 0;
    const isUsed = this.#place.contains(document.activeElement);
    return isScrolled || isUsed || this.#place.querySelector(".choices-of[open]") !== null;
  }

  #showHeld() {
    if (this.#held) this.#put(this.#held);
    window.scrollTo({ top: 0 });
    const first = this.#place.querySelector("[data-seq]");
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  }

  /** @param {DocumentFragment} drawn */
  #put(drawn) {
    this.#held = null;
    this.#tell(0);
    swap(this.#place, drawn);
  }

  /** @param {number} count */
  #tell(count) {
    const button = this.#bar.querySelector("button");
    if (!button) return;
    const { one = "", many = "" } = this.#bar.dataset;
    button.hidden = count === 0;
    button.textContent = (count === 1 ? one : many).replace("{count}", String(count));
  }

  /** Ask from time to time, while something is on its way and the page is looked at. */
  #lookSoon() {
    clearTimeout(this.#looking);
    if (document.visibilityState !== "visible" || !this.#place.querySelector("[data-waiting]"))
      return;
    const seconds = LOOKS[Math.min(this.#looks++, LOOKS.length - 1)];
    this.#looking = setTimeout(() => void this.#draw(), seconds * 1000);
  }

  /** @param {SubmitEvent} event */
  async #act(event) {
    event.preventDefault();
    const button = event.submitter;
    const item = itemOf(button);
    if (!(button instanceof HTMLButtonElement) || !item) return;
    button.disabled = true;
    const said = await act(seqOf(item), button.value);
    button.disabled = false;
    const menu = button.closest("details");
    if (menu) menu.open = false;
    if (said !== null && button.value === "read") {
      item.focus({ preventScroll: true });
      this.#markRead((seq) => seq === seqOf(item));
      return;
    }
    (menu?.querySelector("summary") ?? button).focus();
    const place = item.querySelector(".said");
    if (place) place.textContent = said ?? this.#deeds.dataset.failed ?? "";
  }

  /** Who opens what a notification is about has read it. */
  #followed(/** @type {EventTarget | null} */ target) {
    const item = itemOf(target);
    if (!(target instanceof Element) || !target.closest(".more")) return;
    if (item?.classList.contains("unread")) void act(seqOf(item), "read");
  }

  /** @param {(seq: number) => boolean} isRead */
  #markRead(isRead) {
    for (const item of this.#place.querySelectorAll(".unread")) {
      if (!isRead(seqOf(item))) continue;
      item.classList.remove("unread");
      item.querySelector('button[value="read"]')?.remove();
    }
    for (const group of this.#place.querySelectorAll("details.stock")) {
      const count = /** @type {HTMLElement} */ (group.querySelector(".count"));
      const unread = group.querySelectorAll(".unread").length;
      count.hidden = unread === 0;
      count.textContent = (this.#place.dataset.unread ?? "").replace("{count}", String(unread));
    }
  }
}
