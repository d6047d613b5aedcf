// @ts-check
/** The chart of a monitor: its bars, levels and past firings, brought together. */

import { Bars } from "./bars.js";
import { Canvas } from "./canvas.js";
import { onColours } from "./colours.js";
import { LevelEditor } from "./editor.js";
import { Firings } from "./firings.js";
import { LevelList } from "./level_list.js";
import { drawn, marksOf } from "./marks.js";
import { Prices } from "./prices.js";
import { Reader } from "./reader.js";
import { Steering } from "./steering.js";
import { BarTable } from "./table.js";
import { Tools } from "./tools.js";
import { pageLanguage } from "./wall_clock.js";

/** @typedef {import("../../quote.js").Quote & {volume: number}} Quote */
/** @typedef {import("./firings.js").Firing} Firing */

/** A level as far away as this many times the height of what is drawn is left out of the scale. */
const NEAR = 1;

export class MonitorChart {
  #words;
  #kinds;
  #prices;
  #levels;
  #canvas;
  #editor;
  #tools;
  #table;
  #reader;
  #firings;
  #bars;
  /** @type {import("./marks.js").Mark[]} */
  #marks = [];
  /** @type {number | null} */
  #now = null;
  /** @type {Promise<void> | null} What is being read. */
  #reading = null;
  /** @type {number[] | null} The room for levels, while one is dragged. */
  #held = null;

  /**
   * @param {HTMLElement} root
   * @param {import("./canvas.js").Library} library
   */
  constructor(root, library) {
    const words = (this.#words = root.dataset);
    const place = /** @type {HTMLElement} */ (root.querySelector("[data-chart]"));
    this.#prices = new Prices(JSON.parse(words.ticks ?? "[]"));
    this.#kinds = JSON.parse(words.kinds ?? "{}");
    this.#levels = new LevelList(this.#kinds, words.rulesUrl ?? "", words.unreachable ?? "");
    this.#canvas = new Canvas(library, place, {
      language: pageLanguage(),
      places: this.#prices.places,
      tick: this.#prices.finest,
      previousClose: Number(words.previousClose),
    });
    this.#tools = new Tools(root, this.#prices.places, this.#kinds);
    const table = /** @type {HTMLDetailsElement} */ (document.querySelector(".chart-table"));
    this.#table = new BarTable(table, this.#prices.places);
    this.#firings = new Firings(words.firingsUrl ?? "");
    this.#reader = new Reader(this.#canvas, this.#tools, (seq) => this.#openFiring(seq));
    new Steering(root, place, this.#canvas.viewport, this.#reader);
    this.#bars = this.#barsOf(this.#tools.interval);
    const layer = document.createElement("div");
    layer.className = "chart-levels";
    place.append(layer);
    const said = /** @type {HTMLElement} */ (root.querySelector(".chart-said"));
    const scale = {
      y: (/** @type {number} */ price) => this.#canvas.y(price),
      price: (/** @type {number} */ y) => this.#canvas.price(y),
      size: () => this.#canvas.size(),
      now: () => this.#now,
    };
    this.#editor = new LevelEditor(layer, said, this.#levels, this.#prices, scale, words);
    this.#listen();
  }

  /** Read the bars and draw everything. */
  async open() {
    const bars = this.#bars;
    await bars.load();
    if (bars !== this.#bars) return; // another interval was chosen meanwhile
    this.#canvas.draw(bars.list, bars.interval === "day");
    this.#now ??= bars.list.at(-1)?.close ?? null;
    this.#tools.empty(bars.list.length === 0);
    this.#reader.leave();
    this.#mark();
    this.#editor.show();
    void this.#reachFirings();
  }

  /** Read the bars before the first where the chart was moved there. */
  async #openPast() {
    const bars = this.#bars;
    try {
      const added = await bars.loadPast();
      if (!added || bars !== this.#bars) return;
      this.#canvas.extend(bars.list, added);
      this.#mark();
      void this.#reachFirings();
    } catch {
      // The next move asks again.
    } finally {
      this.#reading = null;
    }
  }

  /** @param {any[]} rules */
  takeRules(rules) {
    this.#levels.take(rules);
    this.#editor.show();
    this.#canvas.rescale();
  }

  /** @param {Firing[]} firings Newest first. */
  takeFirings(firings) {
    this.#firings.take(firings);
    this.#mark();
  }

  /** @param {Quote} quote */
  takeQuote(quote) {
    if (quote.price === null || quote.at === null || quote.state !== "trading") return;
    const price = Number(quote.price);
    this.#now = price;
    if (this.#reading) return;
    if (this.#bars.take(price, Date.parse(quote.at), quote.volume)) this.#redraw();
    else this.#reading = this.#catchUp();
  }

  async #catchUp() {
    const bars = this.#bars;
    try {
      const before = bars.list.length;
      const day = bars.list.at(-1)?.day;
      await bars.catchUp();
      if (bars !== this.#bars) return;
      const goesOn = bars.list.length <= before + 1 && before > 0 && bars.list.at(-1)?.day === day;
      if (!goesOn) this.#canvas.draw(bars.list, bars.interval === "day");
      this.#tools.empty(bars.list.length === 0);
      if (goesOn && bars.list.length > 1) this.#canvas.update(bars.list.slice(0, -1));
      this.#redraw();
    } catch {
      // The next quote tries again.
    } finally {
      this.#reading = null;
    }
  }

  #redraw() {
    this.#canvas.update(this.#bars.list);
    this.#tell();
    this.#editor.show();
  }

  #listen() {
    this.#canvas.onPast = () => {
      if (this.#bars.hasPast && !this.#reading) this.#reading = this.#openPast();
    };
    this.#canvas.onScale = () => this.#editor.arrange();
    this.#canvas.onHover = (time) => this.#reader.hover(time);
    this.#canvas.onMark = (seq) => this.#openFiring(Number(seq));
    this.#canvas.room = () => this.#room();
    this.#editor.onMove = () => {
      if (!this.#editor.isDragging) this.#canvas.rescale();
    };
    this.#tools.onAll = () => this.#canvas.rescale();
    this.#tools.onInterval = (interval) => {
      this.#bars = this.#barsOf(interval);
      void this.open().catch(() => this.#tools.failed());
    };
    onColours(() => {
      this.#canvas.recolour();
      this.#mark();
    });
  }

  /** @param {import("./bars.js").Interval} interval */
  #barsOf(interval) {
    return new Bars(this.#words.bars ?? "", interval, this.#words.zone ?? "UTC");
  }

  /** The levels that the scale shows: all, or those that leave the prices their shape. */
  #room() {
    if (this.#editor.isDragging) return (this.#held ??= this.#wanted());
    this.#held = null;
    return this.#wanted();
  }

  #wanted() {
    const prices = this.#levels.all.map(({ value }) => Number(value));
    if (this.#tools.all) return prices;
    const shown = this.#bars.list.slice(-120);
    const high = Math.max(...shown.map((bar) => bar.high));
    const low = Math.min(...shown.map((bar) => bar.low));
    const reach = (high - low) * NEAR;
    return prices.filter((price) => price >= low - reach && price <= high + reach);
  }

  #mark() {
    this.#marks = marksOf(this.#firings.all, (ms) => this.#bars.at(ms));
    this.#canvas.mark(this.#marks.map((mark) => drawn(mark, this.#kinds, this.#canvas.palette)));
    this.#tell();
  }

  #tell() {
    this.#reader.show(this.#bars.list, this.#marks);
    this.#table.show(this.#bars.list, this.#bars.interval, this.#tools.intervalName);
  }

  /** Read the firings of the oldest bars, some at a time. */
  async #reachFirings() {
    const bars = this.#bars;
    try {
      while (bars.list.length > 0 && (await this.#firings.reach(bars.list[0].ms))) this.#mark();
    } catch {
      // Whatever brings older bars asks again.
    }
  }

  /** @param {number} seq */
  #openFiring(seq) {
    location.assign(`${this.#words.notifications}?seq=${seq}#n${seq}`);
  }
}
