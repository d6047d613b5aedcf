// @ts-check
/**
 * What the server is told of this browser, and what this browser remembers of that: the push
 * service may give it another address, by which the server would not know it any more.
 */

import { csrfToken } from "../csrf_token.js";

const DESTINATIONS = "/api/v1/destinations";

/** @typedef {{kind: string, key: string, endpoint: string}} Told */

/**
 * Tell the server the subscription; with a name, be a destination from now on.
 * @param {PushSubscription} subscription
 * @param {{kind: string, key: string, name?: string}} options
 */
export async function tell(subscription, { kind, key, name = "" }) {
  const { endpoint = "", keys } = subscription.toJSON();
  const before = remembered();
  const former = before && before.endpoint !== endpoint ? { endpoint: before.endpoint } : {};
  const answer = await send("POST", `${DESTINATIONS}/browser`, {
    kind,
    name,
    params: { endpoint, ...keys },
    former,
  });
  if (answer.ok) remember({ kind, key, endpoint });
  if (answer.status === 404) forget();
  return answer;
}

/** @param {number} id */
export function remove(id) {
  return send("DELETE", `${DESTINATIONS}/${id}`);
}

/** @returns {Told | null} */
export function remembered() {
  return JSON.parse(localStorage.getItem(place()) ?? "null");
}

export function forget() {
  localStorage.removeItem(place());
}

/** @param {Told} told */
function remember(told) {
  localStorage.setItem(place(), JSON.stringify(told));
}

/** Another user of this browser is told by a destination of their own. */
function place() {
  return `push of ${document.body.dataset.user}`;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 */
function send(method, url, body) {
  return fetch(url, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: body ? JSON.stringify(body) : null,
  });
}
