// @ts-check
/**
 * Notifications of the browser while a tab is open, but none is looked at. Not where this browser
 * is a destination: its service worker shows them then, also without a tab.
 */

import { remembered } from "../push/server.js";
import { act } from "./act.js";
import { isQuiet } from "./quiet.js";

/** @typedef {"on" | "off" | "denied" | "unsupported" | "push"} State */

/** @returns {State} */
export function noticesState() {
  if (remembered()) return "push";
  if (!window.isSecureContext || !("Notification" in window) || !navigator.locks)
    return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && localStorage.getItem(place()) ? "on" : "off";
}

/** Ask for permission; call it from a click. */
export async function allowNotices() {
  if ((await Notification.requestPermission()) === "granted") localStorage.setItem(place(), "on");
  return noticesState();
}

export function stopNotices() {
  localStorage.removeItem(place());
  return noticesState();
}

export class BrowserNotices {
  constructor() {
    if (!navigator.locks) return;
    document.addEventListener("visibilitychange", () => this.#watch());
    this.#watch();
  }

  /** @param {import("../realtime/types.js").Frame} frame */
  receive(frame) {
    if (frame.type !== "notification" || frame.data.read_at) return;
    if (document.visibilityState === "visible" || noticesState() !== "on") return;
    if (isQuiet(document.body.dataset, frame.data)) return;
    // Not granted where a tab is looked at, or where another one is just showing it.
    void navigator.locks.request(sight(), { ifAvailable: true }, (lock) => {
      if (lock) show(frame.data);
    });
  }

  /** A tab that is looked at shares the lock with others like it, and holds it while it is. */
  #watch() {
    if (document.visibilityState !== "visible") return;
    void navigator.locks.request(sight(), { mode: "shared" }, hidden);
  }
}

/** @param {any} data */
function show({ seq, title, body, url, severity }) {
  try {
    const notice = new Notification(title, {
      body,
      // A tab that comes late with the same one replaces it, and makes no noise.
      tag: `stockwatch ${document.body.dataset.user} ${seq}`,
      requireInteraction: severity === "urgent",
      lang: document.documentElement.lang,
    });
    notice.addEventListener("click", () => {
      notice.close();
      void act(seq, "read");
      window.focus();
      location.assign(url || `/notifications/?seq=${seq}`);
    });
  } catch {
    // Phones leave that to service workers: there this browser can be a destination.
  }
}

/** Resolves when the page is no longer looked at. */
function hidden() {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const look = () => {
        if (document.visibilityState === "visible") return;
        document.removeEventListener("visibilitychange", look);
        resolve();
      };
      document.addEventListener("visibilitychange", look);
      look();
    })
  );
}

function sight() {
  return `stockwatch in sight of ${document.body.dataset.user}`;
}

function place() {
  return `notices of ${document.body.dataset.user}`;
}
