// @ts-check
/** What a notification's buttons do, asked of the server without leaving the page. */

import { csrfToken } from "../csrf_token.js";

/**
 * @param {number} seq
 * @param {string} deed
 * @returns {Promise<string | null>} What is done now, or why not; null where nobody answered.
 */
export async function act(seq, deed) {
  try {
    const answer = await fetch(`/notifications/${seq}/act/`, {
      method: "POST",
      // Who follows a link has read it: the page may be gone before this arrives.
      keepalive: true,
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ deed }),
    });
    return answer.redirected ? null : (await answer.json()).said;
  } catch {
    return null;
  }
}

/**
 * Mark everything up to a number as read.
 * @param {import("../realtime/types.js").Realtime} client
 * @param {number} upTo
 */
export async function readUpTo(client, upTo) {
  if (client.send({ op: "read", up_to: upTo })) return;
  await fetch("/api/v1/realtime/notifications/read", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ up_to: upTo }),
  });
}

/**
 * Whether a frame says that a notification was read.
 * @param {import("../realtime/types.js").Frame} frame
 * @param {number} seq
 */
export function tellsRead({ up_to, seqs = [] }, seq) {
  return seq <= up_to || seqs.includes(seq);
}
