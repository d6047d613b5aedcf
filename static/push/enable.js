// @ts-check
/**
 * Notifications of this browser, also while no page is open. `enablePush` asks for permission,
 * subscribes at the push service of the browser's maker, and tells the server; call it from a
 * click, for browsers ask only then. `pushState` says how it is, `disablePush` ends it, and
 * `renewPush` tells the server where the push service gave this browser another address.
 *
 *     const { state, problem } = await enablePush({ kind, key, name: "My laptop" });
 *
 * `kind` and `key` come with the page, from the transport that browsers set up.
 *
 * States: "on"; "off"; "insecure" (the page came neither by https nor from this machine);
 * "unsupported"; "denied" (to be undone in the browser's settings); "dismissed" (asked, and not
 * answered); "refused" (by the server, `problem` is its answer); "failed" (by the browser or its
 * push service, `problem` is its error).
 */

import { WORKER } from "../installed.js";
import { forget, remembered, remove, tell } from "./server.js";

/**
 * @typedef {"on" | "off" | "insecure" | "unsupported" | "denied" | "dismissed" | "refused"
 *   | "failed"} State
 * @typedef {{state: State, problem?: unknown}} Outcome
 * @typedef {{kind: string, key: string}} Way
 */

/**
 * @param {Way & {name: string}} options
 * @returns {Promise<Outcome>}
 */
export async function enablePush({ kind, key, name }) {
  const obstacle = hindered();
  if (obstacle) return { state: obstacle };
  const answer = await Notification.requestPermission();
  if (answer !== "granted") return { state: answer === "denied" ? "denied" : "dismissed" };
  try {
    const subscription = await subscribe(await register(), key);
    return await outcome(await tell(subscription, { kind, key, name }));
  } catch (problem) {
    return { state: "failed", problem };
  }
}

/**
 * @param {Way} way
 * @returns {Promise<Outcome>}
 */
export async function disablePush({ kind, key }) {
  try {
    const subscription = await subscribed();
    if (!subscription) return { state: "off" };
    const known = await tell(subscription, { kind, key });
    const answer = known.ok ? await remove((await known.json()).id) : known;
    if (!answer.ok && answer.status !== 404) return await outcome(answer);
    await subscription.unsubscribe();
    forget();
    return { state: "off" };
  } catch (problem) {
    return { state: "failed", problem };
  }
}

/**
 * @param {Way} way
 * @returns {Promise<Outcome>}
 */
export async function pushState({ kind, key }) {
  const obstacle = hindered();
  if (obstacle) return { state: obstacle };
  if (Notification.permission === "denied") return { state: "denied" };
  try {
    const subscription = (await subscribed()) ?? (await subscribedAnew());
    if (!subscription || !isOf(subscription, key)) return { state: "off" };
    const answer = await tell(subscription, { kind, key });
    const known = answer.ok ? await answer.json() : { enabled: false };
    return { state: known.enabled ? "on" : "off" };
  } catch (problem) {
    return { state: "failed", problem };
  }
}

/** Tell the server if this browser has another subscription than when it was told last. */
export async function renewPush() {
  const told = remembered();
  if (!told || hindered() || Notification.permission !== "granted") return;
  const subscription = (await subscribed()) ?? (await subscribedAnew());
  if (subscription && subscription.endpoint !== told.endpoint) await tell(subscription, told);
}

/** @returns {"insecure" | "unsupported" | null} */
function hindered() {
  if (!window.isSecureContext) return "insecure";
  const has = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  return has ? null : "unsupported";
}

/** @param {Response} answer */
async function outcome(answer) {
  if (answer.ok) return { state: /** @type {State} */ ("on") };
  const problem = await answer.json().catch(() => answer.status);
  return { state: /** @type {State} */ ("refused"), problem };
}

async function register() {
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  return navigator.serviceWorker.ready;
}

async function subscribed() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** A browser that was told to notify, and lost its subscription, gets another one. */
async function subscribedAnew() {
  const told = remembered();
  if (!told || Notification.permission !== "granted") return null;
  return subscribe(await register(), told.key);
}

/**
 * A subscription is bound to a key: one of another key would never be told anything.
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 */
async function subscribe(registration, key) {
  const kept = await registration.pushManager.getSubscription();
  if (kept && isOf(kept, key)) return kept;
  await kept?.unsubscribe();
  return registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  });
}

/**
 * @param {PushSubscription} subscription
 * @param {string} key
 */
function isOf(subscription, key) {
  const own = subscription.options.applicationServerKey;
  return own !== null && String(new Uint8Array(own)) === String(bytes(key));
}

/** @param {string} text Base64url. */
function bytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}
