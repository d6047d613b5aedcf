// @ts-check
/**
 * Sounds of notifications, by choice (`<body data-sound>`: off, stops, all). Made by the browser,
 * so there is nothing to load. Of all tabs only one sounds: the one that holds the lock.
 *
 * `trySound("stop")` and `trySound("alert")` play one on a click; `tryButtons` gives that to each
 * `<button data-try-sound="stop">` of a page.
 */

import { isQuiet, isUrgent } from "./alerts/quiet.js";

/** @typedef {"stop" | "alert"} Sound */
/** @typedef {{wave: OscillatorType, loud: number, notes: number[][]}} Tune */

/** @type {Record<Sound, Tune>} Notes: pitch in Hz, beginning, length in seconds. */
const TUNES = {
  // Falls twice and lasts: not to be taken for the other one.
  stop: {
    wave: "triangle",
    loud: 0.35,
    notes: [
      [740, 0, 0.16],
      [494, 0.18, 0.22],
      [740, 0.5, 0.16],
      [494, 0.68, 0.4],
    ],
  },
  alert: {
    wave: "sine",
    loud: 0.2,
    notes: [
      [784, 0, 0.12],
      [1175, 0.13, 0.22],
    ],
  },
};
/** What comes together sounds once. */
const PAUSE = 1500;
const GESTURES = ["pointerdown", "keydown"];

/** @type {AudioContext | undefined} */
let context;

/** @param {Sound} sound */
export function trySound(sound) {
  const audio = (context ??= new AudioContext());
  void audio.resume().then(() => play(audio, sound));
}

/** Give each button of the page that names a sound its effect. */
export function tryButtons() {
  for (const button of document.querySelectorAll("button[data-try-sound]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () =>
      trySound(button.dataset.trySound === "stop" ? "stop" : "alert"),
    );
  }
}

export class Sounds {
  #page;
  #ask;
  #hasBegun = false;
  #leads = false;
  #soundedAt = -Infinity;
  #wasStop = false;

  /**
   * @param {DOMStringMap} page
   * @param {(allow: () => void) => () => void} ask Asks for a click; returns how to stop asking.
   */
  constructor(page, ask) {
    this.#page = page;
    this.#ask = ask;
    const begin = () => this.#choice !== "off" && this.#begin();
    new MutationObserver(begin).observe(document.body, { attributeFilter: ["data-sound"] });
    begin();
  }

  /** Settings may change it while the page is open. */
  get #choice() {
    return this.#page.sound ?? "off";
  }

  /** @param {import("./realtime/types.js").Frame} frame */
  receive(frame) {
    if (frame.type !== "notification" || frame.data.read_at || this.#choice === "off") return;
    const isStop = isUrgent(frame.data);
    if ((!isStop && this.#choice !== "all") || isQuiet(this.#page, frame.data)) return;
    const now = performance.now();
    // Within the pause only a stop-loss that follows something lesser is heard.
    if (now - this.#soundedAt < PAUSE && (this.#wasStop || !isStop)) return;
    if (context?.state !== "running" || !this.#mayLead(frame.seq)) return;
    this.#soundedAt = now;
    this.#wasStop = isStop;
    play(context, isStop ? "stop" : "alert");
  }

  /** Browsers are silent until somebody has touched the page; they are asked for that once. */
  #begin() {
    if (this.#hasBegun || !("AudioContext" in window)) return;
    this.#hasBegun = true;
    const audio = (context ??= new AudioContext());
    let stopAsking = () => {};
    const allow = () => void audio.resume();
    const ready = () => {
      if (audio.state !== "running") return;
      audio.removeEventListener("statechange", ready);
      for (const gesture of GESTURES) document.removeEventListener(gesture, allow);
      stopAsking();
      this.#lead();
    };
    audio.addEventListener("statechange", ready);
    if (audio.state === "running") return ready();
    for (const gesture of GESTURES) document.addEventListener(gesture, allow);
    if (sessionStorage.getItem("sound asked")) return;
    // A browser that allows it starts within a moment, and needs not be asked.
    setTimeout(() => {
      if (audio.state === "running") return;
      sessionStorage.setItem("sound asked", "yes");
      stopAsking = this.#ask(allow);
    }, 1000);
  }

  /** Wait to be the tab that sounds, and stay it as long as this page is there. */
  #lead() {
    if (!navigator.locks) return;
    void navigator.locks.request(`stockwatch sound ${this.#page.user}`, () => {
      this.#leads = true;
      return new Promise(() => {});
    });
  }

  /**
   * Pages that came by plain http have no locks: the first tab to note a number sounds it.
   * @param {number} seq
   */
  #mayLead(seq) {
    if (navigator.locks) return this.#leads;
    const place = `sounded ${this.#page.user}`;
    if (Number(localStorage.getItem(place)) >= seq) return false;
    localStorage.setItem(place, String(seq));
    return true;
  }
}

/**
 * @param {AudioContext} audio
 * @param {Sound} sound
 */
function play(audio, sound) {
  const { wave, loud, notes } = TUNES[sound];
  const now = audio.currentTime + 0.02;
  for (const [pitch, begin, length] of notes) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = wave;
    tone.frequency.value = pitch;
    // Without a slope at both ends a tone clicks.
    volume.gain.setValueAtTime(0, now + begin);
    volume.gain.linearRampToValueAtTime(loud, now + begin + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, now + begin + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(now + begin);
    tone.stop(now + begin + length + 0.02);
  }
}
