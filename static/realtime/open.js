// @ts-check
/** The connection of a page: shared with the browser's other tabs where it can be. */

import { RealtimeClient } from "../realtime.js";
import { SharedClient } from "./shared.js";

/**
 * @param {DOMStringMap} page What the page says of itself: its user, and what it shows.
 * @returns {import("./types.js").Realtime}
 */
export function openRealtime({ head, user, worker }) {
  // The server refuses another user's cookie: a tab may outlive its log-in.
  const url = `/ws/realtime/?user=${user}`;
  const after = Number(head);
  if (!worker || !("SharedWorker" in window)) return new RealtimeClient(url, { after });
  return new SharedClient(url, { after, worker, name: `stockwatch user ${user}` });
}
