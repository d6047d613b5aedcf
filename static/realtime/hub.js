// @ts-check
/**
 * One connection for all tabs of a browser. It runs in a worker, but knows of it no more than ports:
 * a tab attaches by its port and says what it follows; what it is told is its own.
 */

import { MarketFeed } from "./market_feed.js";
import { NotificationFeed } from "./notification_feed.js";
import { Tab } from "./tab.js";
import { MOST_UNANSWERED, PING_EVERY } from "./timing.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").Realtime} Realtime */
/** @typedef {import("./types.js").Request} Request */
/** @typedef {(url: string, after: number, wake: import("./types.js").Wake) => Realtime} Connect */
/** @typedef {{client: Realtime, notifications: NotificationFeed, market: MarketFeed}} Line */

export class Hub {
  #connect;
  #readLog;
  /** @type {Line | null} There is one while there are tabs. */
  #line = null;
  /** @type {Set<Tab>} */
  #tabs = new Set();
  /** @type {Map<unknown, {tab: Tab, id: unknown}>} Whose frames await an answer. */
  #asked = new Map();
  #lastId = 0;
  #retry = () => {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pings;

  /**
   * @param {Connect} connect
   * @param {(after: number) => Promise<any[] | null>} readLog
   */
  constructor(connect, readLog) {
    this.#connect = connect;
    this.#readLog = readLog;
  }

  /**
   * Serve what a tab says on its port.
   * @param {MessagePort} port
   */
  serve(port) {
    /** @type {Tab | null} */
    let tab = null;
    port.onmessage = ({ data }) => {
      const request = /** @type {Request} */ (data);
      const known = tab !== null && this.#tabs.has(tab);
      if (request.say === "attach") {
        if (!known) tab = this.#attach(new Tab(port, request.after), request.url);
      } else if (tab && known) this.#hear(tab, request);
      else if (request.say !== "leave") port.postMessage({ say: "unknown" });
    };
  }

  /**
   * @param {Tab} tab
   * @param {string} url
   */
  #attach(tab, url) {
    const { client, notifications } = (this.#line ??= this.#start(url, tab.after));
    this.#tabs.add(tab);
    // A page has just been drawn for this user: what ended the connection holds no more.
    if (client.state === "stopped") client.reconnect();
    if (isConnected(client)) tab.tell({ say: "open" });
    notifications.welcome(tab);
    this.#tellState(tab, client);
    return tab;
  }

  /**
   * @param {string} url
   * @param {number} after
   * @returns {Line}
   */
  #start(url, after) {
    const client = this.#connect(url, after, (retry) => {
      this.#retry = retry;
      return () => {};
    });
    const market = new MarketFeed(this.#tabs, client);
    const notifications = new NotificationFeed(this.#tabs, after, this.#readLog, (tab) =>
      this.#tellState(tab, client),
    );
    const line = { client, market, notifications };
    client.onOpen = () => this.#tellAll({ say: "open" });
    client.onMessage = (frame) => this.#receive(frame, line);
    client.onError = (problem) => this.#complain(problem);
    client.onState = () => {
      if (!isConnected(client)) market.forget();
      for (const tab of this.#tabs) this.#tellState(tab, client);
    };
    client.followNotifications();
    client.connect();
    this.#pings = setInterval(() => this.#ping(), PING_EVERY);
    return line;
  }

  /** @param {Tab} tab */
  #leave(tab) {
    if (!this.#line || !this.#tabs.delete(tab)) return;
    for (const [id, asked] of this.#asked) if (asked.tab === tab) this.#asked.delete(id);
    if (this.#tabs.size > 0) {
      this.#line.market.left(tab);
      return;
    }
    clearInterval(this.#pings);
    this.#line.client.close();
    this.#line = null;
  }

  /**
   * @param {Tab} tab
   * @param {Request} request
   */
  #hear(tab, request) {
    tab.unanswered = 0;
    const { client, market } = /** @type {Line} */ (this.#line);
    switch (request.say) {
      case "follow":
        if (market.follow(tab, request.stream, request.keys)) return;
        tab.tell({ say: "full" });
        return this.#leave(tab);
      case "unfollow":
        return market.unfollow(tab, request.stream, request.keys);
      case "send":
        return this.#send(client, tab, request.frame);
      case "wake":
        return this.#retry();
      case "reconnect":
        return client.reconnect();
      case "leave":
        return this.#leave(tab);
    }
  }

  /**
   * @param {Realtime} client
   * @param {Tab} tab
   * @param {Frame} frame
   */
  #send(client, tab, frame) {
    if (frame.id == null) {
      client.send(frame);
      return;
    }
    // A text, as the client's own are numbers; not the tab's, as another may use the same.
    const id = `tab ${++this.#lastId}`;
    if (client.send({ ...frame, id })) this.#asked.set(id, { tab, id: frame.id });
  }

  /**
   * @param {Frame} frame
   * @param {Line} line
   */
  #receive(frame, { notifications, market }) {
    switch (frame.type) {
      case "notification":
        return notifications.arrived(frame);
      case "read":
        return notifications.read(frame);
      case "quotes":
        return market.quotes(frame);
      case "monitor":
        return market.monitor(frame);
      case "ok":
      case "pong":
        if (frame.recovered === false) notifications.skipTo(frame.head);
        return this.#answer(frame);
    }
    for (const tab of this.#tabs) tab.pass(frame);
  }

  /** @param {Frame} frame */
  #answer(frame) {
    const asked = this.#asked.get(frame.id);
    this.#asked.delete(frame.id);
    asked?.tab.pass({ ...frame, id: asked.id });
  }

  /** @param {Problem} problem */
  #complain(problem) {
    const { frame } = problem;
    const asked = this.#asked.get(frame?.id);
    if (!frame || !asked) {
      this.#tellAll({ say: "problem", problem });
      return;
    }
    this.#asked.delete(frame.id);
    asked.tab.tell({ say: "problem", problem: { ...problem, frame: { ...frame, id: asked.id } } });
  }

  #ping() {
    for (const tab of this.#tabs) {
      if (tab.unanswered >= MOST_UNANSWERED) this.#leave(tab);
      else {
        tab.unanswered += 1;
        tab.tell({ say: "ping" });
      }
    }
  }

  /**
   * @param {Tab} tab
   * @param {Realtime} client
   */
  #tellState(tab, { state, nextTry }) {
    const own = state === "live" && tab.reading ? "catching-up" : state;
    tab.tell({ say: "state", state: own, nextTry });
  }

  /** @param {import("./types.js").Reply} reply */
  #tellAll(reply) {
    for (const tab of this.#tabs) tab.tell(reply);
  }
}

/** @param {Realtime} client */
function isConnected({ state }) {
  return state === "live" || state === "catching-up";
}
