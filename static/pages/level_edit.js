// @ts-check
/**
 * A level becomes a field where it is shown: a click or Enter begins, Enter saves, Escape gives up.
 * The server decides; what it refuses it says at the field.
 */

import { saveLevel } from "./level_saving.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/** @returns {((frame: Frame) => void) | null} */
export function levelEdit() {
  document.addEventListener("click", (event) => {
    const level = event.target instanceof Element ? event.target.closest("[data-level-edit]") : null;
    if (!(level instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    begin(level);
  });
  // Before the keys of the list, to which `e` means the whole row.
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const level = event.target;
    const isMeant = event.key === "e" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isMeant || !(level instanceof HTMLElement) || !level.matches("[data-level-edit]")) return;
    event.preventDefault();
    event.stopPropagation();
    begin(level);
  };
  document.addEventListener("keydown", pressed, { capture: true });
  return null;
}

/** @param {HTMLElement} level */
export function begin(level) {
  if (level.nextElementSibling?.matches(".level-field")) return;
  const field = document.createElement("span");
  field.className = "level-field";
  const input = document.createElement("input");
  input.value = level.dataset.value ?? "";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  input.maxLength = 40;
  input.setAttribute("aria-label", `${level.dataset.label ?? ""} ${input.value}`.trim());
  const said = document.createElement("small");
  said.setAttribute("role", "alert");
  said.id = "level-said";
  field.append(input, said);
  level.hidden = true;
  level.after(field);
  input.select();
  input.focus();

  let isOver = false;
  const end = (/** @type {boolean} */ isByKey) => {
    if (isOver) return; // taking a field away that has the focus blurs it, too
    isOver = true;
    field.remove();
    level.hidden = false;
    if (isByKey) level.focus();
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the list's own keys mean nothing here
    if (event.isComposing) return;
    if (event.key === "Escape") end(true);
    if (event.key !== "Enter") return;
    event.preventDefault();
    void save(level, input, said, end);
  });
  // Who goes away without having changed anything, or is told of nothing, gives up.
  input.addEventListener("blur", () => {
    if (!input.readOnly) end(false);
  });
}

/**
 * @param {HTMLElement} level
 * @param {HTMLInputElement} input
 * @param {HTMLElement} said
 * @param {(isByKey: boolean) => void} end
 */
async function save(level, input, said, end) {
  const was = level.dataset.value ?? "";
  if (input.value.trim() === was) return end(true);
  input.readOnly = true;
  const { level: now, cautions = [], error } = await saveLevel(level.dataset.levelEdit ?? "", was, input.value);
  input.readOnly = false;
  if (now) {
    show(level, was, { level: now, cautions });
    return end(true);
  }
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", said.id);
  said.textContent = error || (document.getElementById("row-menu")?.dataset.failed ?? "");
  input.focus();
}

/**
 * Show the new level at once; the socket draws the row anew.
 * @param {HTMLElement} level
 * @param {string} was
 * @param {{level: string, cautions: string[]}} told
 */
function show(level, was, told) {
  level.dataset.value = told.level;
  level.textContent = told.level;
  level.title = told.cautions.join("\n");
  const spoken = level.getAttribute("aria-label");
  if (spoken) level.setAttribute("aria-label", spoken.replace(was, told.level));
  level.dispatchEvent(new CustomEvent("level-changed", { bubbles: true, detail: told }));
}
