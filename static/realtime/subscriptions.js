// @ts-check
/** What one connection is asked for, and what becomes of a request that is refused. */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Stream} Stream */
/** @typedef {import("./types.js").Key} Key */
/** @typedef {{op: string, stream: string, [field: string]: any}} Request */

const RETRY_SECONDS = 1;

export class Subscriptions {
  /** Whether notifications are followed. */
  notified = false;

  #send;
  #position;
  #gone;
  #lastId = 0;
  /** @type {Record<Stream, Set<Key>>} */
  #lists = { quotes: new Set(), monitors: new Set() };
  /** @type {Map<number, Request>} */
  #asked = new Map();
  /** @type {Record<Stream, Set<Key>> & {notifications: boolean}} What to ask for again. */
  #again = nothing();
  #againAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Key[][]} Monitors of which some may be gone. */
  #unsure = [];

  /**
   * @param {(frame: object) => boolean} send
   * @param {() => number | null} position The number of the last notification seen.
   * @param {(id: Key) => void} gone Told of a monitor that is there no more.
   */
  constructor(send, position, gone) {
    this.#send = send;
    this.#position = position;
    this.#gone = gone;
  }

  followNotifications() {
    this.notified = true;
    this.#subscribeNotifications();
  }

  /**
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  follow(stream, keys) {
    const list = this.#lists[stream];
    const added = keys.filter((key) => !list.has(key));
    for (const key of added) list.add(key);
    this.#ask("subscribe", stream, added);
  }

  /**
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  unfollow(stream, keys) {
    this.#ask("unsubscribe", stream, keys.filter((key) => this.#lists[stream].delete(key)));
  }

  /**
   * A monitor was deleted: the server has dropped it already.
   * @param {Key} id
   */
  deleted(id) {
    this.#lists.monitors.delete(id);
  }

  /** Ask a new connection for everything. */
  restore() {
    this.reset();
    if (this.notified) this.#subscribeNotifications();
    for (const stream of STREAMS) this.#ask("subscribe", stream, [...this.#lists[stream]]);
  }

  /** The connection has ended: nothing that it was asked will be answered. */
  reset() {
    clearTimeout(this.#timer);
    this.#againAt = 0;
    this.#again = nothing();
    this.#asked.clear();
    this.#unsure = [];
  }

  /**
   * Take what an answer answers; undefined if it was none of these requests.
   * @param {Frame} answer
   */
  answered(answer) {
    const request = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.type === "ok" && request?.stream === "monitors") this.#askUnsure();
    return request;
  }

  /**
   * Do about a refusal what can be done; return whether there was something.
   * @param {Frame} error
   * @param {Request | undefined} request
   */
  mended(error, request) {
    // A server that does not say which frame was one too many leaves all of them in doubt.
    if (error.code === "rate_limit" && error.id == null) return this.#later(error.retry_after);
    if (!request) return false;
    if (error.retry_after != null) return this.#later(error.retry_after, request);
    if (error.code !== "not_found" || request.stream !== "monitors") return false;
    this.#withoutMissing(request.ids, error.missing ?? []);
    return true;
  }

  /**
   * Ask again after a while; what is asked then is what is wanted then.
   * @param {number | null} seconds
   * @param {Request} [request] Without one: everything.
   */
  #later(seconds, request) {
    if (!request || request.stream === "notifications") this.#again.notifications = true;
    for (const stream of STREAMS) {
      const keys = request ? (request.stream === stream ? request[FIELD[stream]] : []) : this.#lists[stream];
      for (const key of keys) this.#again[stream].add(key);
    }
    const at = Date.now() + (seconds ?? RETRY_SECONDS) * 1000;
    this.#againAt = Math.max(this.#againAt, at);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#askAgain(), this.#againAt - Date.now());
    return true;
  }

  #askAgain() {
    const again = this.#again;
    this.#again = nothing();
    if (again.notifications && this.notified) this.#subscribeNotifications();
    for (const stream of STREAMS) {
      const keys = [...again[stream]];
      const list = this.#lists[stream];
      this.#ask("subscribe", stream, keys.filter((key) => list.has(key)));
      this.#ask("unsubscribe", stream, keys.filter((key) => !list.has(key)));
    }
  }

  /**
   * Monitors were deleted meanwhile: without them the others can be followed.
   * @param {Key[]} ids
   * @param {Key[]} missing Empty if the server does not say.
   */
  #withoutMissing(ids, missing) {
    const lost = ids.length === 1 ? ids : ids.filter((id) => missing.includes(id));
    if (lost.length === 0) {
      // One half at a time: all parts at once would be more frames than a server takes.
      const half = ids.length >> 1;
      this.#unsure.push(ids.slice(half));
      this.#ask("subscribe", "monitors", ids.slice(0, half));
      return;
    }
    for (const id of lost) {
      this.deleted(id);
      this.#gone(id);
    }
    const rest = ids.filter((id) => this.#lists.monitors.has(id));
    if (rest.length) this.#ask("subscribe", "monitors", rest);
    else this.#askUnsure();
  }

  #askUnsure() {
    const ids = this.#unsure.pop()?.filter((id) => this.#lists.monitors.has(id));
    if (ids?.length) this.#ask("subscribe", "monitors", ids);
    else if (ids) this.#askUnsure();
  }

  #subscribeNotifications() {
    const after = this.#position();
    const frame = { op: "subscribe", stream: "notifications" };
    this.#request(after === null ? frame : { ...frame, after });
  }

  /**
   * @param {"subscribe" | "unsubscribe"} op
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  #ask(op, stream, keys) {
    if (keys.length) this.#request({ op, stream, [FIELD[stream]]: keys });
  }

  /** @param {Request} frame */
  #request(frame) {
    const id = ++this.#lastId;
    if (this.#send({ id, ...frame })) this.#asked.set(id, frame);
  }
}

/** @type {Stream[]} */
const STREAMS = ["quotes", "monitors"];
/** @type {Record<Stream, string>} The field that names what is followed. */
const FIELD = { quotes: "symbols", monitors: "ids" };

function nothing() {
  return { notifications: false, quotes: new Set(), monitors: new Set() };
}
