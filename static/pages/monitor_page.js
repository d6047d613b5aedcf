// @ts-check
/** The page of one monitor: its price, rules and chart move; the server draws what has changed. */

import { freshen, keepFresh, showQuote } from "../quote.js";
import { redraw, signature } from "./monitor/parts.js";
import { showPrice } from "./monitor/rule_words.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */
/** @typedef {import("./monitor/chart.js").MonitorChart} MonitorChart */

/**
 * @param {import("../realtime/types.js").Realtime} client
 * @returns {((frame: Frame) => void) | null}
 */
export function monitorPage(client) {
  const root = document.getElementById("monitor");
  const place = document.getElementById("chart");
  if (!root || !place) return null;
  const page = new MonitorPage(root, place);
  client.follow("monitors", [page.id]);
  // What the server says of a day, and of a market that is closed, is another now.
  keepFresh(() => void page.redraw());
  return (frame) => page.receive(frame);
}

class MonitorPage {
  id;

  #root;
  #place;
  /** @type {MonitorChart | null} */
  #chart = null;
  /** @type {any} The newest quote, for a chart that is not there yet. */
  #quote = null;
  #redrawing = false;
  #again = false;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} place
   */
  constructor(root, place) {
    this.id = Number(root.dataset.monitor);
    this.#root = root;
    this.#place = place;
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void this.#openChart();
    }).observe(place);
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (frame.type === "quotes") for (const quote of frame.data) this.#quoted(quote);
    if (frame.type === "monitor" && frame.data.id === this.id) this.#changed(frame.data);
    if (frame.type === "notification" && frame.data.monitor === this.id) void this.redraw();
  }

  /** @param {any} quote */
  #quoted(quote) {
    if (quote.symbol !== this.#root.dataset.symbol || quote.price === null) return;
    this.#quote = quote;
    const place = this.#root.querySelector("[data-quote]");
    if (place) showQuote(place, quote);
    showPrice(this.#root, this.#place.dataset, quote.price);
    this.#chart?.takeQuote(quote);
  }

  /** @param {any} monitor */
  #changed(monitor) {
    if (monitor.deleted) {
      // Its buttons stay: the note about the deletion has a way back.
      document.getElementById("monitor-gone")?.removeAttribute("hidden");
      return;
    }
    this.#chart?.takeRules(monitor.rules);
    const rules = this.#root.querySelector("[data-signature]");
    if (signature(monitor) !== rules?.getAttribute("data-signature")) void this.redraw();
  }

  /** Read the page again; once more where something happened while it was being read. */
  async redraw() {
    this.#again = true;
    if (this.#redrawing) return;
    this.#redrawing = true;
    while (this.#again) {
      this.#again = false;
      const isAll = await redraw(this.#root).catch(() => true);
      if (!isAll) this.#wait();
    }
    this.#redrawing = false;
    freshen(this.#root);
    this.#chart?.takeFirings(this.#data("firings"));
  }

  /** Try again when somebody who is writing goes on to something else, or is done. */
  #wait() {
    const over = new AbortController();
    for (const event of ["focusout", "edit-over"]) {
      const again = () => {
        over.abort();
        void this.redraw();
      };
      this.#root.addEventListener(event, again, { signal: over.signal });
    }
  }

  async #openChart() {
    const library = this.#place.dataset.library ?? "";
    try {
      const [{ MonitorChart }, charts] = await Promise.all([
        import("./monitor/chart.js"),
        import(library),
      ]);
      const chart = new MonitorChart(this.#place, charts);
      chart.takeRules(this.#data("rules"));
      chart.takeFirings(this.#data("firings"));
      await chart.open();
      this.#chart = chart;
      if (this.#quote) chart.takeQuote(this.#quote);
      this.#place.dataset.drawn = "";
    } catch (error) {
      const said = this.#place.querySelector(".chart-said");
      if (said) said.textContent = this.#place.dataset.failed ?? "";
      throw error;
    }
  }

  /** @param {"rules" | "firings"} name */
  #data(name) {
    const part = this.#root.querySelector(`[data-${name}]`);
    return JSON.parse(part?.getAttribute(`data-${name}`) ?? "[]");
  }
}
