// @ts-check
/** The page of how pages look: what is chosen is saved at once, and holds at once. */

import { tellTabs } from "../same_in_all_tabs.js";

/** @typedef {{theme: string, colours: string, sound: string, zone: string, language: string, said: string}} Saved */
/** @typedef {{errors: Record<string, string[]>}} Refused */

export function appearance() {
  const form = document.getElementById("appearance");
  if (!(form instanceof HTMLFormElement)) return null;
  for (const button of form.querySelectorAll(".saving")) button.setAttribute("hidden", "");
  let saving = Promise.resolve();
  form.addEventListener("change", () => {
    saving = saving.then(() => save(form));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saving = saving.then(() => save(form));
  });
  return null;
}

/** @param {HTMLFormElement} form */
async function save(form) {
  const sign = /** @type {HTMLElement} */ (document.getElementById("saved"));
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
    const told = await answer.json();
    sign.classList.remove("failed");
    complain(form, told.errors ?? {});
    if (answer.ok) apply(told, sign);
    else sign.textContent = "";
  } catch {
    sign.classList.add("failed");
    sign.textContent = sign.dataset.failed ?? "";
  }
}

/**
 * @param {Saved} told
 * @param {HTMLElement} sign
 */
function apply(told, sign) {
  const page = document.documentElement;
  if (page.lang !== told.language) {
    location.reload();
    return;
  }
  if (told.theme === "auto") delete page.dataset.theme;
  else page.dataset.theme = told.theme;
  page.dataset.colours = told.colours;
  document.body.dataset.sound = told.sound;
  document.body.dataset.zone = told.zone;
  tellTabs();
  sign.textContent = `✓ ${told.said}`;
}

/**
 * Say beside each field what is wrong with it, and nothing where all is well.
 * @param {HTMLFormElement} form
 * @param {Record<string, string[]>} errors
 */
function complain(form, errors) {
  for (const old of form.querySelectorAll("small.error")) old.remove();
  for (const field of form.querySelectorAll(".wrong")) field.classList.remove("wrong");
  for (const [name, why] of Object.entries(errors)) {
    const input = form.elements.namedItem(name);
    const place = input instanceof Element ? input.closest(".field") : form;
    const line = document.createElement("small");
    line.className = "error";
    line.setAttribute("role", "alert");
    line.textContent = why.join(" ");
    place?.classList.add("wrong");
    place?.append(line);
  }
}
