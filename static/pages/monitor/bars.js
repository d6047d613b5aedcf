// @ts-check
/** The bars of one interval: read from the server, the last one kept going by live quotes. */

import { wallClock } from "./wall_clock.js";

/**
 * @typedef {object} Bar
 * @property {number} ms Its start.
 * @property {number} time Its start as the chart has it, in seconds.
 * @property {string} day The market's date.
 * @property {number} open
 * @property {number} high
 * @property {number} low
 * @property {number} close
 * @property {number} volume
 */
/** @typedef {"day" | "1m" | "5m" | "15m" | "1h" | "1d" | "1w" | "1M"} Interval `day`: the minutes of one day. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** @type {Record<Interval, number>} */
const LENGTHS = {
  day: MINUTE,
  "1m": MINUTE,
  "5m": 5 * MINUTE,
  "15m": 15 * MINUTE,
  "1h": 60 * MINUTE,
  "1d": DAY,
  "1w": 7 * DAY,
  "1M": 31 * DAY,
};
/**
 * Bars that are read at first.
 * @type {Record<Interval, number>}
 */
const SHOWN = { day: 1000, "1m": 500, "5m": 500, "15m": 500, "1h": 300, "1d": 250, "1w": 160, "1M": 40 };
/** Bars that are read at a time where somebody looks for older ones. */
const OLDER = 500;

/**
 * Whether bars of an interval are told by dates, without a time of day.
 * @param {Interval} interval
 */
export function isOfDays(interval) {
  return LENGTHS[interval] >= DAY;
}

export class Bars {
  /** @type {Bar[]} */
  list = [];
  interval;

  #url;
  #clock;
  /** The day's volume that the last bar's volume goes with. */
  #dayVolume = /** @type {number | null} */ (null);
  #hasPast = false;

  /**
   * @param {string} url
   * @param {Interval} interval
   * @param {string} zone
   */
  constructor(url, interval, zone) {
    this.#url = url;
    this.interval = interval;
    this.#clock = wallClock(zone);
  }

  /** Read all. */
  async load() {
    const { bars, isFull } = await this.#read(SHOWN[this.interval]);
    this.#hasPast = this.interval !== "day" && isFull;
    this.list = this.#ofOneDay(bars);
    this.#dayVolume = null;
  }

  /** Whether there may be bars before the first of these. */
  get hasPast() {
    return this.#hasPast;
  }

  /** Read some bars before the first; return how many there are. */
  async loadPast() {
    const [first] = this.list;
    const { bars, isFull } = await this.#read(OLDER, new Date(first.ms));
    this.#hasPast = isFull;
    const older = bars.filter((bar) => bar.time < first.time);
    this.list = [...older, ...this.list];
    return older.length;
  }

  /** Read what has come since the last bar; return the bars that are new or have changed. */
  async catchUp() {
    const last = this.list.at(-1);
    if (!last) {
      await this.load();
      return this.list;
    }
    const missing = Math.ceil((Date.now() - last.ms) / LENGTHS[this.interval]) + 2;
    const { bars } = await this.#read(Math.min(Math.max(missing, 3), SHOWN[this.interval]));
    const newer = bars.filter((bar) => bar.ms >= last.ms && bar.time >= last.time);
    this.list = this.#ofOneDay([...this.list.filter((bar) => bar.ms < last.ms), ...newer]);
    this.#dayVolume = null;
    return newer;
  }

  /**
   * Let the last bar take in a quote. False: the quote is of a later bar, which only the server
   * knows to begin, for it knows the market's hours.
   * @param {number} price
   * @param {number} at
   * @param {number} dayVolume
   */
  take(price, at, dayVolume) {
    const last = this.list.at(-1);
    if (!last || at >= last.ms + this.#length(last)) return false;
    if (at < last.ms) return true;
    last.close = price;
    last.high = Math.max(last.high, price);
    last.low = Math.min(last.low, price);
    if (this.#dayVolume !== null) last.volume += Math.max(0, dayVolume - this.#dayVolume);
    this.#dayVolume = dayVolume;
    return true;
  }

  /**
   * The bar that a moment is in, if it is among these.
   * @param {number} ms
   */
  at(ms) {
    const place = this.list.findLastIndex((bar) => bar.ms <= ms);
    return place < 0 ? undefined : this.list[place];
  }

  /** @param {Bar} bar */
  #length({ day }) {
    if (this.interval !== "1M") return LENGTHS[this.interval];
    const [year, month] = day.split("-").map(Number);
    return Date.UTC(year, month, 1) - Date.UTC(year, month - 1, 1);
  }

  /**
   * @param {number} limit
   * @param {Date} [before]
   * @returns {Promise<{bars: Bar[], isFull: boolean}>} `isFull`: there may be older ones.
   */
  async #read(limit, before) {
    const asked = this.interval === "day" ? "1m" : this.interval;
    const older = before ? `&before=${before.toISOString()}` : "";
    const answer = await fetch(`${this.#url}?interval=${asked}&limit=${limit}${older}`);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    /** @type {Bar[]} */
    const bars = [];
    const { results } = await answer.json();
    for (const row of results) {
      const bar = this.#bar(row);
      // The chart wants each time once: where clocks go back, an hour of made-up trade is left out.
      if (bar.time > (bars.at(-1)?.time ?? -Infinity)) bars.push(bar);
    }
    return { bars, isFull: results.length === limit };
  }

  /** @param {any} row */
  #bar(row) {
    const ms = Date.parse(row.at);
    const day = row.at.slice(0, 10);
    const time = isOfDays(this.interval) ? Date.parse(day) / 1000 : this.#clock(ms);
    const [open, high, low, close] = [row.open, row.high, row.low, row.close].map(Number);
    return { ms, time, day, open, high, low, close, volume: row.volume };
  }

  /** @param {Bar[]} bars */
  #ofOneDay(bars) {
    const day = bars.at(-1)?.day;
    return this.interval === "day" ? bars.filter((bar) => bar.day === day) : bars;
  }
}

/**
 * The average price of the day up to each bar, weighed by volume.
 * @param {Bar[]} bars
 */
export function averages(bars) {
  let money = 0;
  let shares = 0;
  return bars.map((bar) => {
    money += ((bar.high + bar.low + bar.close) / 3) * bar.volume;
    shares += bar.volume;
    return { time: bar.time, value: shares ? money / shares : bar.close };
  });
}
