// @ts-check
/** Marks of firings: which bars have one, and how each kind of rule looks. */

/** @typedef {import("./firings.js").Firing} Firing */
/** @typedef {import("./colours.js").Palette} Palette */
/** @typedef {import("lightweight-charts").UTCTimestamp} Time */

/**
 * What marks need to know of a kind of rule.
 * @typedef {object} Kind
 * @property {string} label
 * @property {string} short
 * @property {"up" | "down" | ""} side Which way the price goes.
 * @property {boolean} urgent
 */

/**
 * One kind of rule that fired in one bar.
 * @typedef {object} Mark
 * @property {number} time The bar's.
 * @property {string} kind
 * @property {Firing[]} firings The newest first.
 */

/**
 * @param {Firing[]} firings The oldest first.
 * @param {(ms: number) => {time: number} | undefined} barAt
 * @returns {Mark[]} In the order of time.
 */
export function marksOf(firings, barAt) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const firing of firings) {
    const time = barAt(Date.parse(firing.at))?.time;
    if (time === undefined) continue;
    const key = `${time} ${firing.kind}`;
    const mark = marks.get(key) ?? { time, kind: firing.kind, firings: [] };
    mark.firings.unshift(firing);
    marks.set(key, mark);
  }
  return [...marks.values()].sort((one, other) => one.time - other.time);
}

/**
 * A mark as the chart's library draws it.
 * @param {Mark} mark
 * @param {Record<string, Kind>} kinds
 * @param {Palette} palette
 */
export function drawn({ time, kind, firings }, kinds, palette) {
  const { short, side, urgent } = kinds[kind] ?? { short: kind, side: "", urgent: false };
  const count = firings.length > 1 ? ` ×${firings.length}` : "";
  return {
    id: String(firings[0].seq),
    time: /** @type {Time} */ (time),
    text: short + count,
    ...LOOKS[side || "other"],
    color: palette[side === "up" ? "rise" : side === "down" ? "fall" : "zone"],
    ...(urgent ? { shape: /** @type {const} */ ("square"), size: 1.6, color: palette.stop } : {}),
  };
}

const LOOKS = /** @type {const} */ ({
  up: { shape: "arrowUp", position: "aboveBar", size: 1.2 },
  down: { shape: "arrowDown", position: "belowBar", size: 1.2 },
  other: { shape: "circle", position: "belowBar", size: 1 },
});
