// @ts-check
/** What a page leaves for the offline page: its language, its colours, and when it was connected. */

const PLACE = "last known";

/** @typedef {{language?: string, theme?: string, at?: number}} Known */

/** @returns {Known} */
export function lastKnown() {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** Note that the page is connected now. */
export function noteConnection() {
  const { lang: language, dataset } = document.documentElement;
  try {
    localStorage.setItem(PLACE, JSON.stringify({ language, theme: dataset.theme, at: Date.now() }));
  } catch {
    // A browser that keeps nothing shows the page without it.
  }
}
