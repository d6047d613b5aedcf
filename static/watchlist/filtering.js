// @ts-check
/** Narrows the page while one types; the form itself searches all monitors, by the server. */

import { hide } from "../writing.js";

/**
 * @param {HTMLFormElement} form
 * @param {import("./rows.js").Rows} rows
 * @returns {() => void} Narrows again.
 */
export function filtering(form, rows) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("search"));
  const nothing = document.getElementById("no-match");
  // What the server was asked for, it has found by more than the page knows.
  const asked = field.value;
  const narrow = () => {
    const words = field.value === asked ? [] : field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows.all) {
      const matches = words.every((word) => row.find.includes(word));
      hide(row.element, !matches);
      // Nothing is done to what cannot be seen.
      if (!matches) row.untick();
      if (matches) shown++;
    }
    for (const group of document.querySelectorAll("#monitors .group")) {
      hide(group, !group.querySelector("[data-monitor]:not([hidden])"));
    }
    hide(nothing, shown > 0 || rows.all.length === 0);
  };
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !field.value) field.blur();
  });
  for (const select of form.querySelectorAll("select")) {
    select.addEventListener("change", () => form.requestSubmit());
  }
  unfolding();
  return narrow;
}

/** On phones status, order and groups are behind a button. */
function unfolding() {
  const button = document.getElementById("unfold");
  button?.addEventListener("click", () => {
    button.ariaExpanded = String(button.ariaExpanded !== "true");
  });
}
