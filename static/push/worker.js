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
 */

const INBOX = "/notifications/";

/** Types of service workers and of pages exclude each other; the project checks as pages. */
const worker = /** @type {any} */ (self);

worker.addEventListener("push", (/** @type {any} */ event) => event.waitUntil(show(read(event))));

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
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
function show({ title, body, url, tag, urgent, lang }) {
  return worker.registration.showNotification(title, {
    body,
    lang,
    // A repeat replaces what it repeats.
    tag,
    requireInteraction: urgent,
    data: { url: new URL(url || INBOX, worker.location.origin).href },
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
