// @ts-check
/**
 * The client of Stockwatch's WebSocket: it connects again by itself, resumes notifications where it
 * left off, and answers pings. What it knows of frames and close codes is the server's contract.
 */

/** @typedef {{type: string, [field: string]: any}} Frame A frame of the server. */
/** @typedef {"connecting" | "catching-up" | "live" | "offline" | "stopped"} State */
/**
 * @typedef {object} Problem
 * @property {number | string} code A close code, or the code of an error frame.
 * @property {string} message
 * @property {boolean} final Whether the client has given up.
 * @property {Frame} [frame] The error frame.
 * @property {object} [request] The frame of ours that it answers.
 */
/**
 * @typedef {object} Options
 * @property {number | null} [after] The last notification seen; null: only what comes from now on.
 * @property {number} [maxReconnectAttempts] Attempts in a row before it gives up; without end.
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random] From 0 to 1.
 */

const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
/** A connection that lasted so long was a good one: the next pause starts small again. */
const GOOD_AFTER = 10_000;
const HELLO_WITHIN = 15_000;

/** Coming back would change nothing: log in first, or ask for permission. */
const FINAL = new Set([4001, 4003, 4005]);
/** The server asks to come back at once. */
const AT_ONCE = new Set([4200, 4202]);

export class RealtimeClient {
  /** @type {() => void} After each connection, before anything that was missed. */
  onOpen = () => {};
  /** @type {(frame: Frame) => void} Each frame but pings, and each notification once. */
  onMessage = () => {};
  /** @type {(problem: Problem) => void} */
  onError = () => {};
  /** @type {(state: State) => void} */
  onState = () => {};
  /** @type {State} */
  state = "offline";
  /** @type {number | null} The number of the last notification seen. */
  after;

  /** @type {WebSocket | null} */
  #socket = null;
  #url;
  #Socket;
  #random;
  #attempts = 0;
  #openedAt = 0;
  #lastId = 0;
  #target = 0;
  #pingInterval = 25_000;
  #wanted = false;
  #follows = false;
  /** @type {Map<string, Set<string | number>>} */
  #lists = new Map([["quotes", new Set()], ["monitors", new Set()]]);
  /** @type {Map<number, object>} */
  #asked = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;

  /**
   * @param {string} [url]
   * @param {Options} [options]
   */
  constructor(url = "/ws/realtime/", options = {}) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#url = address.href;
    this.after = options.after ?? null;
    this.maxReconnectAttempts = options.maxReconnectAttempts ?? Infinity;
    this.#Socket = options.WebSocket ?? WebSocket;
    this.#random = options.random ?? Math.random;
  }

  /** Connect, and stay connected until `close()`. */
  connect() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#attempts = 0;
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#open();
  }

  /** Drop the connection, if any, and connect at once. */
  reconnect() {
    this.#drop();
    this.#attempts = 0;
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
    this.#follows = true;
    this.#subscribeNotifications();
  }

  /**
   * Follow some quotes (by symbol) or monitors (by id), on this connection and each later one.
   * @param {"quotes" | "monitors"} stream
   * @param {(string | number)[]} keys
   */
  follow(stream, keys) {
    const list = this.#list(stream);
    const added = keys.filter((key) => !list.has(key));
    for (const key of added) list.add(key);
    this.#subscribe(stream, added);
  }

  /**
   * Stop following some.
   * @param {"quotes" | "monitors"} stream
   * @param {(string | number)[]} keys
   */
  unfollow(stream, keys) {
    const list = this.#list(stream);
    const gone = keys.filter((key) => list.delete(key));
    if (gone.length) this.send({ op: "unsubscribe", stream, [fieldOf(stream)]: gone });
  }

  /**
   * The pause before the next attempt: full jitter, from half a second to twenty.
   * @param {number} attempt Counted from 0.
   */
  pauseBefore(attempt) {
    const longest = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (attempt + 1));
    return SHORTEST_PAUSE + this.#random() * (longest - SHORTEST_PAUSE);
  }

  /** @param {string} stream */
  #list(stream) {
    const list = this.#lists.get(stream);
    if (!list) throw new TypeError(`no stream ${stream}`);
    return list;
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
    if (frame.type === "ok" && "head" in frame) this.#resumed(frame);
    this.onMessage(frame);
    if (this.state === "catching-up" && (this.after ?? 0) >= this.#target) this.#enter("live");
  }

  /** @param {Frame} hello */
  #greeted(hello) {
    this.#pingInterval = (hello.ping_interval ?? 25) * 1000;
    this.#openedAt = Date.now();
    this.#asked.clear();
    this.#enter(this.#follows ? "catching-up" : "live");
    this.#target = Infinity;
    this.onOpen();
    if (this.#follows) this.#subscribeNotifications();
    for (const [stream, keys] of this.#lists) this.#subscribe(stream, [...keys]);
  }

  /** @param {Frame} ok The answer to the subscription to notifications. */
  #resumed(ok) {
    this.#target = ok.head;
    if (!ok.recovered || this.after === null) this.after = ok.head;
  }

  #subscribeNotifications() {
    const frame = { op: "subscribe", stream: "notifications" };
    this.#ask(this.after === null ? frame : { ...frame, after: this.after });
  }

  /**
   * @param {string} stream
   * @param {(string | number)[]} keys
   */
  #subscribe(stream, keys) {
    if (keys.length) this.#ask({ op: "subscribe", stream, [fieldOf(stream)]: keys });
  }

  /** @param {object} frame */
  #ask(frame) {
    const id = ++this.#lastId;
    if (this.send({ id, ...frame })) this.#asked.set(id, frame);
  }

  /** @param {Frame} frame */
  #refused(frame) {
    const request = /** @type {any} */ (this.#asked.get(frame.id));
    this.#asked.delete(frame.id);
    if (frame.code === "not_found" && request?.stream === "monitors") {
      // A monitor that was deleted meanwhile: without it the others can be followed.
      this.#narrow(request.ids);
      return;
    }
    this.onError({ code: frame.code, message: frame.message, final: false, frame, request });
  }

  /** @param {number[]} ids Of which one or more are gone. */
  #narrow(ids) {
    if (ids.length === 1) {
      this.#list("monitors").delete(ids[0]);
      this.onMessage({ type: "monitor", data: { id: ids[0], deleted: true } });
      return;
    }
    const half = ids.length >> 1;
    this.#subscribe("monitors", ids.slice(0, half));
    this.#subscribe("monitors", ids.slice(half));
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #closed(code, reason) {
    const lasted = this.#openedAt ? Date.now() - this.#openedAt : 0;
    this.#drop();
    if (FINAL.has(code) || this.#attempts >= this.maxReconnectAttempts) {
      this.#giveUp("stopped");
      this.onError({ code, message: reason, final: true });
      return;
    }
    if (lasted >= GOOD_AFTER) this.#attempts = 0;
    const first = this.#attempts === 0;
    const pause = AT_ONCE.has(code) && first ? 0 : this.pauseBefore(this.#attempts);
    this.#attempts += 1;
    this.#enter("offline");
    this.onError({ code, message: reason, final: false });
    if (this.#wanted) this.#pause = setTimeout(() => this.#open(), pause);
  }

  /** The network is back, or somebody looks: no reason to wait any longer. */
  #wake = () => {
    if (document.visibilityState === "hidden") return;
    if (this.#pause !== undefined) this.#open();
  };

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
    socket?.close();
  }

  /** @param {State} state */
  #giveUp(state) {
    this.#wanted = false;
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#drop();
    this.#enter(state);
  }

  /** @param {State} state */
  #enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.onState(state);
  }
}

/** @param {string} stream */
function fieldOf(stream) {
  return stream === "quotes" ? "symbols" : "ids";
}
