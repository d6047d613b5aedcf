// @ts-check
/**
 * Short notes in the corner, read out by screen readers. What may cost money stays until it is
 * seen, here or elsewhere, and each page shows it again until then, without reading it out; the
 * others go after a while, but never while somebody reads them. F8 leads to them, Escape takes
 * away the one that has the focus.
 */

import { act, tellsRead } from "./alerts/act.js";
import { isUrgent } from "./alerts/quiet.js";
import { draw } from "./alerts/toast.js";
import { before, brought } from "./alerts/waiting.js";

/** @typedef {import("./realtime/types.js").Frame} Frame */
/** @typedef {import("./alerts/toast.js").Note} Note */

const SHOWN_FOR = 10_000;
const MOST = 5;
/** What comes at once is shown at once: the first one now, the others together. */
const TOGETHER = 250;
/** Several read marks in a row are one question. */
const ASK_WITHIN = 300;

export class Toasts {
  #place = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  #more = /** @type {HTMLAnchorElement} */ (this.#place.querySelector(".and-more"));
  /** @type {Note[]} The newest last. */
  #notes = [];
  /** How many went without being shown. */
  #passed = 0;
  /** How many are waiting behind the oldest that the page knows. */
  #older = 0;
  #oldest = 0;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gathering;
  /** @type {Element | null} Where the focus was before it came here. */
  #from = null;

  constructor() {
    for (const event of ["pointerenter", "focusin"])
      this.#place.addEventListener(event, () => this.#hold());
    for (const event of ["pointerleave", "focusout"])
      this.#place.addEventListener(event, () => this.#letGo());
    document.addEventListener("visibilitychange", () => this.#letGo());
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#showAgain(brought());
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (frame.type === "ok" && frame.recovered === false) this.say("missed");
    if (frame.type === "read") this.#seen(frame);
    if (frame.type !== "notification" || frame.data.read_at) return;
    const { kind, title, body, url, seq } = frame.data;
    this.#add({ seq, title, text: body, url, kind, stays: isUrgent(frame.data) });
  }

  /**
   * Show one of the notes that the page brought along; it stays.
   * @param {"logged-out" | "refused" | "missed" | "sound"} name
   * @param {() => void} [done] What its button does.
   * @returns {() => void} Takes it away.
   */
  say(name, done) {
    const { title = "", text = "", more, url, newTab, button } =
      document.getElementById(`toast-${name}`)?.dataset ?? {};
    /** @type {Note} */
    const note = { title, text, more, url, newTab: newTab !== undefined, kind: name, stays: true };
    if (button && done) note.button = { label: button, done };
    this.#add(note);
    return () => this.#remove([note]);
  }

  /**
   * Show what is older than the notes that are here. It was told when it came: it is not read out.
   * @param {import("./alerts/waiting.js").Waiting} waiting
   */
  #showAgain({ notes, more }) {
    this.#notes.unshift(...notes);
    this.#older = more;
    this.#oldest = notes[0]?.seq ?? this.#oldest;
    this.#place.setAttribute("aria-live", "off");
    this.#show();
    setTimeout(() => this.#place.setAttribute("aria-live", "polite"), TOGETHER);
  }

  /** Ask who is next, where there are more than the page knows. */
  async #ask() {
    const asked = ++this.#asked;
    const waiting = await before(this.#oldest);
    // Where it is asked anew meanwhile, that answer counts.
    if (waiting && asked === this.#asked) this.#showAgain(waiting);
  }

  /** @param {Note} note */
  #add(note) {
    this.#notes.push(note);
    if (this.#gathering !== undefined) return;
    this.#show();
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#show();
    }, TOGETHER);
  }

  /** Show the newest, those that stay first; of the others those without a place pass by. */
  #show() {
    const staying = this.#notes.filter((note) => note.stays);
    const shown = new Set(staying.slice(-MOST));
    const passing = this.#notes.filter((note) => !note.stays);
    const room = MOST - shown.size;
    for (const note of room ? passing.slice(-room) : []) shown.add(note);
    const kept = this.#notes.filter((note) => note.stays || shown.has(note));
    this.#passed = kept.length ? this.#passed + this.#notes.length - kept.length : 0;
    for (const note of this.#notes) if (!shown.has(note)) this.#undraw(note);
    this.#notes = kept;
    for (const note of kept) if (shown.has(note)) this.#draw(note);
    this.#tellMore(this.#older + this.#passed + kept.length - shown.size);
    // A stack that is higher than its place shows the newest.
    this.#place.scrollTop = this.#place.scrollHeight;
  }

  /** @param {Note} note */
  #draw(note) {
    if (note.element) return;
    note.element = draw(note, {
      close: () => this.#dismiss(note),
      follow: () => note.seq && act(note.seq, "read"),
      press: () => {
        note.button?.done();
        this.#dismiss(note);
      },
    });
    const behind = this.#notes.slice(this.#notes.indexOf(note) + 1).find((one) => one.element);
    this.#place.insertBefore(note.element, behind?.element ?? this.#more);
    if (!note.stays && !this.#isRead()) this.#fade(note);
  }

  /** @param {number} count */
  #tellMore(count) {
    this.#more.hidden = count === 0;
    this.#more.textContent = (this.#place.dataset.more ?? "").replace("{count}", String(count));
  }

  /** Whether somebody points at the notes, or is among them; or nobody is there to see them. */
  #isRead() {
    const here = this.#place.matches(":hover") || this.#place.contains(document.activeElement);
    return here || document.visibilityState !== "visible";
  }

  #hold() {
    for (const note of this.#notes) clearTimeout(note.timer);
  }

  #letGo() {
    this.#hold();
    // The focus is on its way when it leaves: where it arrives is known afterwards.
    setTimeout(() => {
      if (this.#isRead()) return;
      for (const note of this.#notes) if (note.element && !note.stays) this.#fade(note);
    });
  }

  /** @param {Note} note */
  #fade(note) {
    clearTimeout(note.timer);
    note.timer = setTimeout(() => this.#remove([note]), SHOWN_FOR);
  }

  /** @param {Frame} frame */
  #seen(frame) {
    this.#remove(this.#notes.filter(({ seq }) => seq !== undefined && tellsRead(frame, seq)));
    if (!this.#older) return;
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), ASK_WITHIN);
  }

  /**
   * Who takes a note away has seen it: it goes on all devices.
   * @param {Note} note
   */
  #dismiss(note) {
    const had = note.element?.contains(document.activeElement);
    const at = this.#notes.indexOf(note);
    if (note.seq) void act(note.seq, "read");
    this.#remove([note]);
    if (!had) return;
    const next = (this.#notes[at] ?? this.#notes[at - 1])?.element?.querySelector(".close");
    if (next instanceof HTMLElement) next.focus();
    else this.#goBack();
  }

  /** @param {Note[]} notes */
  #remove(notes) {
    if (!notes.length) return;
    this.#notes = this.#notes.filter((note) => !notes.includes(note));
    for (const note of notes) this.#undraw(note);
    this.#show();
  }

  /** @param {Note} note */
  #undraw(note) {
    clearTimeout(note.timer);
    note.element?.remove();
    note.element = undefined;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "F8") this.#goTo(event);
    if (event.key !== "Escape" || !(event.target instanceof Element)) return;
    const note = this.#notes.find(({ element }) => element?.contains(document.activeElement));
    if (note) this.#dismiss(note);
  }

  /** @param {Event} event */
  #goTo(event) {
    const newest = this.#notes.findLast(({ element }) => element)?.element;
    const close = newest?.querySelector(".close");
    if (!(close instanceof HTMLElement)) return;
    event.preventDefault();
    if (!this.#place.contains(document.activeElement)) this.#from = document.activeElement;
    close.focus();
  }

  #goBack() {
    if (this.#from instanceof HTMLElement) this.#from.focus();
    this.#from = null;
  }
}
