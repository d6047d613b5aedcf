// @ts-check
/** The service worker of the site: it shows push notifications, and a page for when we are away. */

import { noteConnection } from "./last_known.js";

export const WORKER = "/push/worker.js";
const NOTE_EVERY = 20_000;

/** Have the browser keep the worker; one that it has already, it looks after by itself. */
export async function install() {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(WORKER, { scope: "/" });
  } catch {
    // A browser that may not (private windows, policies) does without.
  }
}

/**
 * Leave for the offline page what it shows, while the connection is there.
 * @param {{state: string}} client
 */
export function noteWhileLive(client) {
  const note = () => {
    if (client.state === "live") noteConnection();
  };
  setInterval(note, NOTE_EVERY);
  addEventListener("pagehide", note);
  return note;
}
