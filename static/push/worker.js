// @ts-check
/**
 * The service worker of push notifications: it shows what comes, and opens its page on a click.
 * What comes is written by notifications/transports/webpush.py. It caches nothing.
 */

/**
 * @typedef {object} Told
 * @property {string} title
 * @property {string} [body]
 * @property {string} [url]
 * @property {string} [tag]
 * @property {boolean} [urgent]
 * @property {string} [lang]
 * @property {{label: string, url: string}[]} [actions]
 */

const INBOX = "/notifications/";

/** Types of service workers and of pages exclude each other; the project checks as pages. */
const worker = /** @type {any} */ (self);

worker.addEventListener("push", (/** @type {any} */ event) => event.waitUntil(show(read(event))));

worker.addEventListener("pushsubscriptionchange", (/** @type {any} */ event) =>
  event.waitUntil(renew(event)),
);

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  const { url, actions } = event.notification.data;
  event.waitUntil(open(actions[event.action] ?? url));
});

/**
 * Browsers take the permission away where a push shows nothing, so what cannot be read shows too.
 * @returns {Told}
 */
function read(/** @type {any} */ event) {
  try {
    return event.data.json();
  } catch {
    return { title: "Stockwatch" };
  }
}

/** @param {Told} told */
function show({ title, body, url, tag, urgent, lang, actions = [] }) {
  return worker.registration.showNotification(title, {
    body,
    lang,
    // A repeat replaces what it repeats.
    tag,
    requireInteraction: urgent,
    // A browser shows as many as it has room for, mostly two.
    actions: actions.map((one, number) => ({ action: String(number), title: one.label })),
    data: {
      url: new URL(url || INBOX, worker.location.origin).href,
      actions: Object.fromEntries(actions.map((one, number) => [String(number), one.url])),
    },
  });
}

/**
 * The push service gave this browser another address. Where that cannot be told from here (the
 * browser does not say the former one, or nobody is logged in), static/push/enable.js does it at
 * the next visit.
 */
async function renew(/** @type {any} */ { oldSubscription, newSubscription }) {
  if (!oldSubscription) return;
  const current =
    newSubscription ?? (await worker.registration.pushManager.subscribe(oldSubscription.options));
  const { endpoint, keys } = current.toJSON();
  const token = await worker.cookieStore?.get("csrftoken");
  await fetch("/api/v1/destinations/browser", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token?.value ?? "" },
    body: JSON.stringify({
      kind: "webpush",
      params: { endpoint, ...keys },
      former: { endpoint: oldSubscription.endpoint },
    }),
  });
}

/**
 * Show the page in the window that has it, or in a new one.
 * @param {string} url
 */
async function open(url) {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((/** @type {{url: string}} */ one) => one.url === url);
  await (shown ? shown.focus() : worker.clients.openWindow(url));
}
