// @ts-check
/**
 * The client of Stockwatch's WebSocket: it connects again by itself, resumes notifications where it
 * left off, and answers pings. What it knows of frames and close codes is the server's contract.
 */

import { Listeners } from "./realtime/listeners.js";
import { Retry } from "./realtime/retry.js";
import { Subscriptions } from "./realtime/subscriptions.js";
import { pageWake } from "./realtime/wake.js";

/** @typedef {import("./realtime/types.js").Frame} Frame */
/** @typedef {import("./realtime/types.js").Key} Key */
/** @typedef {import("./realtime/types.js").Problem} Problem */
/** @typedef {import("./realtime/types.js").Realtime} Realtime */
/** @typedef {import("./realtime/types.js").State} State */
/** @typedef {import("./realtime/types.js").Stream} Stream */
/**
 * @typedef {object} Options
 * @property {number | null} [after] The last notification seen; null: only what comes from now on.
 * @property {number} [maxReconnectAttempts] Attempts in a row before it gives up; without end.
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random] From 0 to 1.
 * @property {import("./realtime/types.js").Wake} [wake] What ends a pause; the page's own events.
 */

const HELLO_WITHIN = 15_000;

/** @implements {Realtime} */
export class RealtimeClient extends Listeners {
  /** @type {number | null} */
  after;

  /** @type {WebSocket | null} */
  #socket = null;
  #url;
  #Socket;
  #retry;
  #wake;
  /** @type {(() => void) | null} */
  #sleep = null;
  #openedAt = 0;
  #target = 0;
  #pingInterval = 25_000;
  #wanted = false;
  #subscriptions = new Subscriptions(
    (frame) => this.send(frame),
    () => this.after,
    (id) => this.onMessage({ type: "monitor", data: { id, deleted: true } }),
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;

  /**
   * @param {string} [url]
   * @param {Options} [options]
   */
  constructor(url = "/ws/realtime/", options = {}) {
    super();
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#url = address.href;
    this.after = options.after ?? null;
    this.maxReconnectAttempts = options.maxReconnectAttempts ?? Infinity;
    this.#Socket = options.WebSocket ?? WebSocket;
    this.#retry = new Retry(options.random ?? Math.random);
    this.#wake = options.wake ?? pageWake;
  }

  /** Connect, and stay connected until `close()`. */
  connect() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#retry.reset();
    this.#sleep = this.#wake(() => {
      if (this.#pause !== undefined) this.#open();
    });
    this.#open();
  }

  /** Drop the connection, if any, and connect at once. */
  reconnect() {
    this.#drop();
    this.#retry.reset();
    if (this.#wanted) this.#open();
    else this.connect();
  }

  /** Disconnect for good. */
  close() {
    this.#giveUp("offline");
  }

  /**
   * Send a frame now. Returns false where there is no connection: nothing is kept to be sent later.
   * @param {object} frame
   */
  send(frame) {
    if (this.#socket?.readyState !== 1 || !this.#openedAt) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Follow one's notifications, on this connection and each later one. */
  followNotifications() {
    this.#subscriptions.followNotifications();
  }

  /**
   * Follow some quotes (by symbol) or monitors (by id), on this connection and each later one.
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  follow(stream, keys) {
    this.#subscriptions.follow(stream, keys);
  }

  /**
   * Stop following some.
   * @param {Stream} stream
   * @param {Key[]} keys
   */
  unfollow(stream, keys) {
    this.#subscriptions.unfollow(stream, keys);
  }

  #open() {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#enter("connecting");
    const socket = new this.#Socket(this.#url);
    this.#socket = socket;
    socket.onmessage = (event) => socket === this.#socket && this.#receive(event.data);
    socket.onclose = (event) => socket === this.#socket && this.#closed(event.code, event.reason);
    this.#watch(HELLO_WITHIN);
  }

  /** @param {string} text */
  #receive(text) {
    /** @type {Frame} */
    const frame = JSON.parse(text);
    if (frame.type === "hello") this.#greeted(frame);
    this.#watch(2 * this.#pingInterval + HELLO_WITHIN);
    if (frame.type === "ping") {
      this.send({ op: "pong" });
      return;
    }
    if (frame.type === "error") {
      this.#refused(frame);
      return;
    }
    if (frame.type === "notification") {
      if (this.after !== null && frame.seq <= this.after) return;
      this.after = frame.seq;
    }
    if (frame.type === "monitor" && frame.data.deleted) this.#subscriptions.deleted(frame.data.id);
    if (frame.type === "ok") this.#answered(frame);
    this.onMessage(frame);
    if (this.state === "catching-up" && (this.after ?? 0) >= this.#target) this.#enter("live");
  }

  /** @param {Frame} hello */
  #greeted(hello) {
    this.#pingInterval = (hello.ping_interval ?? 25) * 1000;
    this.#openedAt = Date.now();
    this.#enter(this.#subscriptions.notified ? "catching-up" : "live");
    this.#target = Infinity;
    this.onOpen();
    this.#subscriptions.restore();
  }

  /** @param {Frame} ok */
  #answered(ok) {
    const request = this.#subscriptions.answered(ok);
    if (request?.stream !== "notifications") return;
    this.#target = ok.head;
    if (!ok.recovered || this.after === null) this.after = ok.head;
  }

  /** @param {Frame} frame */
  #refused(frame) {
    const request = this.#subscriptions.answered(frame);
    if (this.#subscriptions.mended(frame, request)) return;
    this.onError({ code: frame.code, message: frame.message, final: false, frame, request });
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #closed(code, reason) {
    const lasted = this.#openedAt ? Date.now() - this.#openedAt : 0;
    this.#drop();
    const pause = this.#retry.after(code, lasted, this.maxReconnectAttempts);
    if (pause === null) {
      this.#giveUp("stopped");
      this.onError({ code, message: reason, final: true });
      return;
    }
    this.nextTry = Date.now() + pause;
    this.#enter("offline");
    this.onError({ code, message: reason, final: false });
    if (this.#wanted) this.#pause = setTimeout(() => this.#open(), pause);
  }

  /**
   * Give up on a connection that has gone silent without saying so.
   * @param {number} patience
   */
  #watch(patience) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#closed(4202, "silent"), patience);
  }

  #drop() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#pause);
    this.#pause = undefined;
    const socket = this.#socket;
    this.#socket = null;
    this.#openedAt = 0;
    this.#subscriptions.reset();
    socket?.close();
  }

  /** @param {State} state */
  #giveUp(state) {
    this.#wanted = false;
    this.#sleep?.();
    this.#sleep = null;
    this.#drop();
    this.#enter(state, true);
  }

  /**
   * @param {State} state
   * @param {boolean} [forGood] There is no next try.
   */
  #enter(state, forGood) {
    if (state !== "offline" || forGood) this.nextTry = null;
    if (state === this.state && !forGood) return;
    this.state = state;
    this.onState(state);
  }
}
