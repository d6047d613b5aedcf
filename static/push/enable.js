// @ts-check
/**
 * Notifications of this browser, also while no page is open: `enablePush` asks for permission,
 * subscribes at the push service of the browser's maker, and posts the subscription as a
 * destination of the kind "webpush". Call it from a click, for browsers ask only then:
 *
 *     const { state, problem } = await enablePush({ key: button.dataset.key, name: "My laptop" });
 *
 * `key` is what `notifications.transports.webpush.public_key()` returns; the page brings it along.
 * `state` is "on"; "unsupported" (no push here, or the page came neither by https nor from this
 * machine); "denied" (the user must allow it in the browser's settings); "refused" (by the server,
 * `problem` is its answer); "failed" (by the browser or its push service, `problem` is its error).
 * `navigator.serviceWorker.getRegistration("/")` tells whether it was turned on here before.
 */

const WORKER = "/push/worker.js";
const DESTINATIONS = "/api/v1/destinations";

/** @typedef {"on" | "unsupported" | "denied" | "refused" | "failed"} State */

/**
 * @param {{key: string, name: string}} options
 * @returns {Promise<{state: State, problem?: unknown}>}
 */
export async function enablePush({ key, name }) {
  if (!isSupported()) return { state: "unsupported" };
  if ((await Notification.requestPermission()) !== "granted") return { state: "denied" };
  let subscription;
  try {
    subscription = await subscribe(await register(), key);
  } catch (problem) {
    return { state: "failed", problem };
  }
  const answer = await save(subscription, name);
  if (answer.ok) return { state: "on" };
  return { state: "refused", problem: await answer.json().catch(() => answer.status) };
}

function isSupported() {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function register() {
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  return navigator.serviceWorker.ready;
}

/**
 * A subscription is bound to a key: one of another key would never be told anything.
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 */
async function subscribe(registration, key) {
  const wanted = bytes(key);
  const kept = await registration.pushManager.getSubscription();
  if (kept && same(kept.options.applicationServerKey, wanted)) return kept;
  await kept?.unsubscribe();
  return registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: wanted,
  });
}

/**
 * @param {PushSubscription} subscription
 * @param {string} name
 */
function save(subscription, name) {
  const { endpoint, keys } = subscription.toJSON();
  return fetch(DESTINATIONS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ kind: "webpush", name, params: { endpoint, ...keys } }),
  });
}

function token() {
  return document.cookie.match(/(?:^|; *)csrftoken=([^;]+)/)?.[1] ?? "";
}

/** @param {string} text Base64url. */
function bytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

/**
 * @param {ArrayBuffer | null} one
 * @param {Uint8Array} other
 */
function same(one, other) {
  return one !== null && String(new Uint8Array(one)) === String(other);
}
