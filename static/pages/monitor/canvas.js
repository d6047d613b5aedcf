// @ts-check
/** The chart itself: candles or the day's line, volume, colours, the axis, the crosshair. */

import { averages } from "./bars.js";
import { palette } from "./colours.js";
import { Viewport } from "./viewport.js";
import { clockFormats } from "./wall_clock.js";

/** @typedef {import("./bars.js").Bar} Bar */
/** @typedef {typeof import("lightweight-charts")} Library */
/** @typedef {import("lightweight-charts").UTCTimestamp} Time */
/** @typedef {import("lightweight-charts").SeriesMarkerBar<Time>} Drawn */

/** The part of the height that prices and volumes take. */
const PRICES = { top: 0.1, bottom: 0.24 };
const VOLUMES = { top: 0.82, bottom: 0 };
/** So many bars before the first comes into view, older ones are looked for. */
const NEAR_THE_FIRST = 10;

export class Canvas {
  /** Called with the bar under the mouse, or undefined. */
  onHover = (/** @type {number | undefined} */ _time) => {};
  /** Called with the mark that was clicked. */
  onMark = (/** @type {string} */ _id) => {};
  /** Called when the oldest bars come into view. */
  onPast = () => {};
  /** Called whenever the scale has changed. */
  onScale = () => {};
  /** The levels that the scale makes room for. */
  room = () => /** @type {number[]} */ ([]);

  viewport;

  #place;
  #chart;
  #candles;
  #line;
  #average;
  #volume;
  #markers;
  #lineMarkers;
  #previous;
  #palette;
  #isDay = false;
  /** @type {Bar | null} Where the crosshair stays, whatever moves. */
  #pinned = null;

  /**
   * @param {Library} library
   * @param {HTMLElement} place
   * @param {{language: string, places: number, tick: number, previousClose: number}} market
   */
  constructor(library, place, market) {
    this.#place = place;
    this.#palette = palette(place);
    this.#chart = library.createChart(place, options(market.language));
    this.viewport = new Viewport(this.#chart.timeScale(), () => this.size().width);
    const series = {
      priceFormat: { type: /** @type {const} */ ("price"), precision: market.places, minMove: market.tick },
      autoscaleInfoProvider: (/** @type {any} */ original) => this.#widened(original()),
    };
    this.#candles = this.#chart.addSeries(library.CandlestickSeries, series);
    this.#line = this.#chart.addSeries(library.LineSeries, { ...series, lineWidth: 1 });
    const plain = { lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false };
    this.#average = this.#chart.addSeries(library.LineSeries, { ...plain, lineWidth: 1 });
    this.#volume = this.#chart.addSeries(library.HistogramSeries, {
      ...plain,
      priceScaleId: "",
      priceFormat: { type: "volume" },
    });
    this.#volume.priceScale().applyOptions({ scaleMargins: VOLUMES });
    this.#chart.priceScale("right").applyOptions({ scaleMargins: PRICES });
    this.#markers = library.createSeriesMarkers(this.#candles, []);
    this.#lineMarkers = library.createSeriesMarkers(this.#line, []);
    this.#previous = this.#line.createPriceLine({
      price: market.previousClose,
      lineStyle: library.LineStyle.Dotted,
      lineWidth: 1,
      axisLabelVisible: false,
      lineVisible: market.previousClose > 0,
    });
    this.#listen();
    this.recolour();
  }

  /**
   * @param {Bar[]} bars
   * @param {boolean} isDay
   */
  draw(bars, isDay) {
    this.#isDay = isDay;
    this.#set(bars);
    this.#chart.timeScale().applyOptions({ timeVisible: true });
    if (isDay) this.viewport.openAll();
    else this.viewport.open();
  }

  /**
   * Draw bars that have older ones in front, and leave in view what is in view.
   * @param {Bar[]} bars
   * @param {number} added How many are in front.
   */
  extend(bars, added) {
    this.viewport.hold(added, () => this.#set(bars));
  }

  /** @param {Bar[]} bars */
  #set(bars) {
    this.viewport.count = bars.length;
    this.#candles.setData(this.#isDay ? [] : bars.map(candle));
    this.#line.setData(this.#isDay ? bars.map(point) : []);
    this.#average.setData(this.#isDay ? averages(bars).map(timed) : []);
    this.#volume.setData(bars.map((bar) => this.#pillar(bar)));
  }

  /**
   * Draw the last bar anew.
   * @param {Bar[]} bars
   */
  update(bars) {
    const last = bars.at(-1);
    if (!last) return;
    this.viewport.count = bars.length;
    this.#volume.update(this.#pillar(last));
    if (!this.#isDay) this.#candles.update(candle(last));
    else {
      this.#line.update(point(last));
      this.#average.update(timed(averages(bars)[bars.length - 1]));
    }
  }

  /** @param {Drawn[]} marks In the order of time. */
  mark(marks) {
    this.#markers.setMarkers(this.#isDay ? [] : marks);
    this.#lineMarkers.setMarkers(this.#isDay ? marks : []);
    // What a canvas shows cannot be read from it.
    this.#place.dataset.marks = marks
      .map(({ shape, position, color, text }) => [text, shape, position, color].join(" | "))
      .join("\n");
  }

  /**
   * Keep the crosshair at a bar, until the mouse takes it; null: let it go.
   * @param {Bar | null} bar
   */
  pin(bar) {
    const wasPinned = this.#pinned !== null;
    this.#pinned = bar;
    if (bar) this.#repin();
    else if (wasPinned) this.#chart.clearCrosshairPosition();
  }

  #repin() {
    if (!this.#pinned) return;
    const { close, time } = this.#pinned;
    this.#chart.setCrosshairPosition(close, /** @type {Time} */ (time), this.#main);
  }

  /** Take on the page's colours as they are now. */
  recolour() {
    const { rise, fall, text, grid, line, caution } = (this.#palette = palette(this.#place));
    this.#chart.applyOptions({
      layout: { textColor: text },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      rightPriceScale: { borderColor: grid },
      timeScale: { borderColor: grid },
      crosshair: { vertLine: { color: text }, horzLine: { color: text } },
    });
    this.#candles.applyOptions({
      upColor: rise, wickUpColor: rise, borderUpColor: rise,
      downColor: fall, wickDownColor: fall, borderDownColor: fall,
    });
    this.#line.applyOptions({ color: line });
    this.#average.applyOptions({ color: caution });
    this.#previous.applyOptions({ color: text });
    const pillars = this.#volume.data().map((one) => ({ ...one, color: this.#soft(one) }));
    this.#volume.setData(/** @type {any} */ (pillars));
    // What a canvas shows cannot be read from it.
    Object.assign(this.#place.dataset, { rise, fall });
  }

  size() {
    const { width, height } = this.#chart.paneSize();
    return { width, height };
  }

  /** @param {number} price */
  y(price) {
    return this.#main.priceToCoordinate(price);
  }

  /** @param {number} y */
  price(y) {
    return this.#main.coordinateToPrice(y);
  }

  /** Let the scale follow the levels. */
  rescale() {
    this.#chart.priceScale("right").applyOptions({ autoScale: true });
  }

  get palette() {
    return this.#palette;
  }

  get #main() {
    return this.#isDay ? this.#line : this.#candles;
  }

  #listen() {
    this.#volume.attachPrimitive({ updateAllViews: () => this.onScale() });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      this.#repin();
      const { first, last } = this.viewport.seen;
      this.#place.dataset.seen = `${first}-${last} of ${this.viewport.count}`;
      if (range && range.from < NEAR_THE_FIRST) this.onPast();
    });
    this.#chart.subscribeCrosshairMove(({ time, hoveredInfo, sourceEvent }) => {
      if (this.#pinned && !sourceEvent) return;
      this.#pinned = null;
      this.onHover(/** @type {number | undefined} */ (time));
      this.#place.classList.toggle("on-mark", typeof hoveredInfo?.objectId === "string");
    });
    this.#chart.subscribeClick(({ hoveredInfo }) => {
      if (typeof hoveredInfo?.objectId === "string") this.onMark(hoveredInfo.objectId);
    });
  }

  /** @param {import("lightweight-charts").AutoscaleInfo | null} info */
  #widened(info) {
    if (!info?.priceRange) return info;
    const { minValue, maxValue } = info.priceRange;
    const levels = this.room();
    return {
      ...info,
      priceRange: { minValue: Math.min(minValue, ...levels), maxValue: Math.max(maxValue, ...levels) },
    };
  }

  /** @param {Bar} bar */
  #pillar(bar) {
    const rises = bar.close >= bar.open;
    const color = rises ? this.#palette.riseSoft : this.#palette.fallSoft;
    return { time: /** @type {Time} */ (bar.time), value: bar.volume, color, customValues: { rises } };
  }

  /** @param {any} pillar */
  #soft(pillar) {
    return pillar.customValues?.rises ? this.#palette.riseSoft : this.#palette.fallSoft;
  }
}

/** @param {Bar} bar */
function candle({ time, open, high, low, close }) {
  return { time: /** @type {Time} */ (time), open, high, low, close };
}

/** @param {Bar} bar */
function point({ time, close }) {
  return { time: /** @type {Time} */ (time), value: close };
}

/** @param {{time: number, value: number}} one */
function timed({ time, value }) {
  return { time: /** @type {Time} */ (time), value };
}

/** @param {string} language */
function options(language) {
  const formats = clockFormats(language);
  const ticks = [formats.year, formats.month, formats.day, formats.time, formats.time];
  return {
    autoSize: true,
    layout: { background: { color: "transparent" }, attributionLogo: false, fontSize: 11 },
    localization: {
      locale: language,
      timeFormatter: (/** @type {any} */ time) => formats.full(time),
    },
    timeScale: {
      rightOffset: 3,
      tickMarkFormatter: (/** @type {any} */ time, /** @type {number} */ kind) => ticks[kind](time),
    },
    // What scrolls the page up and down must not be caught by the chart; see `steering`.
    handleScroll: { vertTouchDrag: false, mouseWheel: false },
    handleScale: { mouseWheel: false },
  };
}
