// @ts-check
/** Times as a clock on the wall of some zone shows them: the chart's library knows only UTC. */

const QUARTER = 900_000;

/**
 * Return what turns a moment into the seconds at which UTC shows what the zone's clock shows then.
 * @param {string} zone
 * @returns {(ms: number) => number}
 */
export function wallClock(zone) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  /** @type {Map<number, number>} Offsets by quarter of an hour: zones change at full ones. */
  const known = new Map();
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER);
    let offset = known.get(quarter);
    if (offset === undefined) {
      offset = shown(format, quarter * QUARTER) - quarter * QUARTER;
      known.set(quarter, offset);
    }
    return Math.floor((ms + offset) / 1000);
  };
}

/**
 * @param {Intl.DateTimeFormat} format
 * @param {number} ms
 */
function shown(format, ms) {
  const parts = Object.fromEntries(
    format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
}

/** The page's language; English as most of the world writes dates. */
export function pageLanguage() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}

/**
 * How the axis and the legend write such times.
 * @param {string} language
 */
export function clockFormats(language) {
  const make = (/** @type {Intl.DateTimeFormatOptions} */ options) => {
    const format = new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options });
    return (/** @type {number} */ seconds) => format.format(seconds * 1000);
  };
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return {
    year: make({ year: "numeric" }),
    month: make({ month: "short" }),
    day: make({ day: "numeric", month: "short" }),
    time: make(/** @type {Intl.DateTimeFormatOptions} */ (hours)),
    date: make({ day: "numeric", month: "short", year: "numeric" }),
    full: make(/** @type {Intl.DateTimeFormatOptions} */ ({ day: "numeric", month: "short", ...hours })),
  };
}
