// @ts-check
/**
 * A page's side of the connection that it shares with other tabs. Where browsers have no such
 * workers, or one does not answer, or it is full, the page opens a connection of its own.
 */

import { RealtimeClient } from "../realtime.js";
import { Listeners } from "./listeners.js";
import { LOST_AFTER } from "./timing.js";
import { pageWake } from "./wake.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Key} Key */
/** @typedef {import("./types.js").Realtime} Realtime */
/** @typedef {import("./types.js").Reply} Reply */
/** @typedef {import("./types.js").Request} Request */
/** @typedef {import("./types.js").Stream} Stream */
/**
 * @typedef {object} Options
 * @property {number} after The last notification that the page shows.
 * @property {string} worker The address of the worker's script.
 * @property {string} name Tabs share what has the same name.
 */

const ANSWER_WITHIN = 10_000;

/** @implements {Realtime} */
export class SharedClient extends Listeners {
  /** @type {number} */
  after;

  #url;
  #worker;
  #name;
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {Realtime | null} The connection of its own. */
  #own = null;
  #wanted = false;
  #sleep = () => {};
  /** @type {Record<Stream, Set<Key>>} */
  #lists = { quotes: new Set(), monitors: new Set() };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;

  /**
   * @param {string} url
   * @param {Options} options
   */
  constructor(url, { after, worker, name }) {
    super();
    this.#url = url;
    this.after = after;
    this.#worker = worker;
    this.#name = name;
  }

  connect() {
    if (this.#wanted) return;
    this.#wanted = true;
    const stopWake = pageWake(() => this.#say({ say: "wake" }));
    const hide = () => this.#detach();
    // A page that comes back out of the browser's memory goes on where it was.
    const show = (/** @type {PageTransitionEvent} */ event) => event.persisted && this.#attach();
    window.addEventListener("pagehide", hide);
    window.addEventListener("pageshow", show);
    this.#sleep = () => {
      stopWake();
      window.removeEventListener("pagehide", hide);
      window.removeEventListener("pageshow", show);
    };
    this.#attach();
  }

  reconnect() {
    if (this.#own) this.#own.reconnect();
    else if (this.#port) this.#say({ say: "reconnect" });
    else this.connect();
  }

  close() {
    this.#wanted = false;
    this.#sleep();
    this.#detach();
    this.#own?.close();
    this.#own = null;
    this.#enter("offline", null);
  }

  /** @param {object} frame */
  send(frame) {
    if (this.#own) return this.#own.send(frame);
    if (!this.#port || (this.state !== "live" && this.state !== "catching-up")) return false;
    this.#say({ say: "send", frame: /** @type {Frame} */ (frame) });
    return true;
  }

  /** What is shared follows notifications anyway. */
  followNotifications() {}

  /**
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  follow(stream, keys) {
    const added = keys.filter((key) => !this.#lists[stream].has(key));
    for (const key of added) this.#lists[stream].add(key);
    if (this.#own) this.#own.follow(stream, added);
    else if (added.length) this.#say({ say: "follow", stream, keys: added });
  }

  /**
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  unfollow(stream, keys) {
    const gone = keys.filter((key) => this.#lists[stream].delete(key));
    if (this.#own) this.#own.unfollow(stream, gone);
    else if (gone.length) this.#say({ say: "unfollow", stream, keys: gone });
  }

  #attach() {
    if (!this.#wanted || this.#own) return;
    this.#enter("connecting", null);
    try {
      const worker = new SharedWorker(this.#worker, { type: "module", name: this.#name });
      this.#port = worker.port;
      worker.onerror = () => worker.port === this.#port && this.#connectAlone();
    } catch {
      this.#connectAlone();
      return;
    }
    const port = this.#port;
    port.onmessage = ({ data }) => port === this.#port && this.#hear(data);
    this.#introduce();
    this.#watch(ANSWER_WITHIN, () => this.#connectAlone());
  }

  #attachAgain() {
    this.#detach();
    this.#attach();
  }

  /** Tell a worker that does not know this page what it needs. */
  #introduce() {
    this.#say({ say: "attach", url: this.#url, after: this.after });
    for (const stream of STREAMS) {
      const keys = [...this.#lists[stream]];
      if (keys.length) this.#say({ say: "follow", stream, keys });
    }
  }

  #detach() {
    clearTimeout(this.#watchdog);
    this.#say({ say: "leave" });
    this.#port?.close();
    this.#port = null;
  }

  #connectAlone() {
    this.#detach();
    this.#sleep();
    const own = new RealtimeClient(this.#url, { after: this.after });
    this.#own = own;
    own.onOpen = () => this.onOpen();
    own.onMessage = (frame) => this.#receive(frame);
    own.onError = (problem) => this.onError(problem);
    own.onState = (state) => this.#enter(state, own.nextTry);
    own.followNotifications();
    for (const stream of STREAMS) own.follow(stream, [...this.#lists[stream]]);
    own.connect();
  }

  /** @param {Reply} reply */
  #hear(reply) {
    this.#watch(LOST_AFTER, () => this.#attachAgain());
    switch (reply.say) {
      case "frame":
        return this.#receive(reply.frame);
      case "state":
        return this.#enter(reply.state, reply.nextTry);
      case "problem":
        return this.onError(reply.problem);
      case "open":
        return this.onOpen();
      case "ping":
        return this.#say({ say: "pong" });
      case "unknown":
        return this.#introduce();
      case "full":
        return this.#connectAlone();
    }
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame.type === "notification") {
      if (frame.seq <= this.after) return;
      this.after = frame.seq;
    }
    if (frame.type === "ok" && frame.recovered === false) this.after = frame.head;
    if (frame.type === "monitor" && frame.data.deleted) this.#lists.monitors.delete(frame.data.id);
    this.onMessage(frame);
  }

  /** @param {Request} request */
  #say(request) {
    this.#port?.postMessage(request);
  }

  /**
   * @param {number} patience
   * @param {() => void} lost
   */
  #watch(patience, lost) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(lost, patience);
  }

  /**
   * @param {import("./types.js").State} state
   * @param {number | null} nextTry
   */
  #enter(state, nextTry) {
    if (state === this.state && nextTry === this.nextTry) return;
    this.state = state;
    this.nextTry = nextTry;
    this.onState(state);
  }
}

/** @type {Stream[]} */
const STREAMS = ["quotes", "monitors"];
