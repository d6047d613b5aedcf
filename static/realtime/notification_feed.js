// @ts-check
/** Tells each tab every notification behind the ones that its page shows, once and in order. */

import { Recent } from "./recent.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./tab.js").Tab} Tab */

/** A page that was drawn before a read mark attaches within this time of it, or never. */
const MARK_IS_NEWS = 60_000;

export class NotificationFeed {
  #tabs;
  #readLog;
  #changed;
  #recent;
  /** @type {{frame: Frame, at: number}[]} */
  #readMarks = [];

  /**
   * @param {Set<Tab>} tabs
   * @param {number} after The number of the last notification before the connection's first.
   * @param {(after: number) => Promise<any[] | null>} readLog
   * @param {(tab: Tab) => void} changed Told when a tab begins and ends to read what it missed.
   */
  constructor(tabs, after, readLog, changed) {
    this.#tabs = tabs;
    this.#recent = new Recent(after);
    this.#readLog = readLog;
    this.#changed = changed;
  }

  /** @param {Tab} tab */
  welcome(tab) {
    this.#catchUp(tab);
    this.#dropOldMarks();
    for (const { frame } of this.#readMarks) tab.pass(frame);
  }

  /** @param {Frame} frame */
  arrived(frame) {
    this.#recent.add(frame);
    for (const tab of this.#tabs) this.#catchUp(tab);
  }

  /** @param {Frame} frame */
  read(frame) {
    this.#recent.markRead(frame);
    this.#dropOldMarks();
    // How many are unread is true now, not for a tab that comes later.
    const { unread: _ofNow, ...mark } = frame;
    this.#readMarks.push({ frame: mark, at: Date.now() });
    for (const tab of this.#tabs) tab.pass(frame);
  }

  /**
   * The connection has missed too much to be told.
   * @param {number} head
   */
  skipTo(head) {
    this.#recent.skipTo(head);
    // One that reads the log finds out by itself whether it still has to skip.
    for (const tab of this.#tabs) if (!tab.reading) tab.skipTo(head);
  }

  #dropOldMarks() {
    const oldest = Date.now() - MARK_IS_NEWS;
    this.#readMarks = this.#readMarks.filter(({ at }) => at > oldest);
  }

  /** @param {Tab} tab */
  #catchUp(tab) {
    if (tab.reading) return;
    if (tab.after < this.#recent.floor) void this.#readUp(tab);
    else for (const frame of this.#recent.behind(tab.after)) tab.notify(frame);
  }

  /**
   * Tell a tab what came before the notifications that are kept here.
   * @param {Tab} tab
   */
  async #readUp(tab) {
    const { floor } = this.#recent;
    tab.reading = true;
    this.#changed(tab);
    const rows = await this.#readLog(tab.after).catch(() => null);
    tab.reading = false;
    if (!this.#tabs.has(tab)) return;
    for (const data of rows ?? []) {
      tab.notify({ type: "notification", seq: data.seq, replayed: true, data });
    }
    // Numbers that are not in the log any more are passed over.
    if (rows) tab.after = Math.max(tab.after, floor);
    else tab.skipTo(floor);
    this.#catchUp(tab);
    this.#changed(tab);
  }
}
