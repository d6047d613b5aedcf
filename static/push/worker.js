// @ts-check
/**
 * The service worker of the site. It shows the push notifications that come, written by
 * notifications/transports/webpush.py, and opens their page on a click. Where the server cannot be
 * reached it shows the offline page: that is all that it keeps, and nothing of anybody.
 * stockwatch/installable.py says what to keep, in a line before the first of these.
 */

/**
 * @typedef {object} Told
 * @property {string} title
 * @property {string} [body]
 * @property {string} [url]
 * @property {string} [page] of all that can be done about it
 * @property {string} [tag]
 * @property {boolean} [urgent]
 * @property {string} [lang]
 * @property {{label: string, url: string}[]} [actions]
 */

const INBOX = "/notifications/";

/** Types of service workers and of pages exclude each other; the project checks as pages. */
const worker = /** @type {any} */ (self);

/** @type {{name: string, page: string, parts: string[]}} */
const { name: CACHE, page: OFFLINE, parts: PARTS } = worker.KEPT;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(keep());
  // Where a browser can be told, what is neither page nor part does not even wake this worker.
  const mine = PARTS.map((urlPattern) => ({ condition: { urlPattern }, source: "fetch-event" }));
  const others = { condition: { not: { requestMode: "navigate" } }, source: "network" };
  event.addRoutes?.([...mine, others]).catch(() => {});
});

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forget()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { mode, method, url } = event.request;
  if (mode === "navigate" && method === "GET") event.respondWith(orOffline(event.request));
  else if (PARTS.includes(new URL(url).pathname)) event.respondWith(orKept(event.request));
});

/** Fetch the offline page and its parts; a worker that could not is not taken. */
async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([OFFLINE, ...PARTS].map((url) => new Request(url, { cache: "reload" })));
  await worker.skipWaiting();
}

/**
 * Forget what former workers kept. Pages that are open are left alone: what matters is the next one,
 * and that is asked of this worker anyway.
 */
async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function orOffline(request) {
  try {
    return await fetch(request);
  } catch (problem) {
    const page = await caches.match(OFFLINE);
    if (page) return page;
    throw problem;
  }
}

/** @param {Request} request */
async function orKept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

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
function show({ title, body, url, page, tag, urgent, lang, actions = [] }) {
  // A browser that shows no buttons leads to the page that has them.
  const opened = worker.Notification.maxActions ? url : page || url;
  return worker.registration.showNotification(title, {
    body,
    lang,
    // A repeat replaces what it repeats.
    tag,
    requireInteraction: urgent,
    // A browser shows as many as it has room for, mostly two.
    actions: actions.map((one, number) => ({ action: String(number), title: one.label })),
    data: {
      url: new URL(opened || INBOX, worker.location.origin).href,
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
