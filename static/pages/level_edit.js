// @ts-check
/**
 * A level becomes a field where it is shown: a click or `e` begins. Enter saves, and so does going
 * on to something else; Escape gives up. The server decides: what it refuses it says at the field,
 * which stays. What is saved is said at the foot of the page, with a way back.
 */

import { say } from "../snack.js";
import { saveLevel } from "./level_saving.js";
import { filled } from "./monitor/prices.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/** @returns {((frame: Frame) => void) | null} */
export function levelEdit() {
  document.addEventListener("click", (event) => {
    const level = event.target instanceof Element ? event.target.closest("[data-level-edit]") : null;
    if (!(level instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!level.nextElementSibling?.matches(".level-field")) new LevelField(level);
  });
  return null;
}

class LevelField {
  #level;
  #field = document.createElement("span");
  #input = document.createElement("input");
  #said = document.createElement("small");
  #isOver = false;
  /** @type {string | null} What the server would not have. */
  #refused = null;

  /** @param {HTMLElement} level */
  constructor(level) {
    this.#level = level;
    this.#draw();
    level.hidden = true;
    level.after(this.#field);
    this.#input.select();
    this.#input.focus();
    this.#input.addEventListener("keydown", (event) => this.#pressed(event));
    this.#input.addEventListener("blur", () => {
      // Who only looks at another window is not done yet, and who was told why it cannot be knows it.
      if (document.activeElement === this.#input || this.#typed === this.#refused) return;
      void this.#save();
    });
  }

  #draw() {
    const { value = "", label = "" } = this.#level.dataset;
    this.#field.className = "level-field";
    this.#input.value = value;
    // No pad of digits: a phone's has neither a + nor a % nor a key that says "done".
    this.#input.inputMode = "text";
    this.#input.enterKeyHint = "done";
    this.#input.autocomplete = "off";
    this.#input.spellcheck = false;
    this.#input.maxLength = 40;
    this.#input.setAttribute("aria-label", `${label} ${value}`.trim());
    this.#said.setAttribute("role", "alert");
    this.#said.id = `level-said-${Math.random().toString(36).slice(2)}`;
    this.#field.append(this.#input, this.#said);
  }

  get #typed() {
    return this.#input.value.trim();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    event.stopPropagation(); // the page's own keys mean nothing here
    if (event.isComposing) return;
    if (event.key === "Escape") this.#end();
    if (event.key !== "Enter") return;
    event.preventDefault();
    void this.#save();
  }

  async #save() {
    const { levelEdit: url = "", value: was = "" } = this.#level.dataset;
    const typed = this.#typed;
    // A field that is taken away with its row loses the focus, too.
    if (this.#isOver || this.#input.readOnly || !this.#field.isConnected) return;
    if (typed === was) return this.#end();
    this.#input.readOnly = true;
    const saved = await saveLevel(url, was, typed);
    this.#input.readOnly = false;
    if (saved.level) {
      tell(this.#level, was, saved);
      return this.#end();
    }
    this.#refused = typed;
    this.#input.setAttribute("aria-invalid", "true");
    this.#input.setAttribute("aria-describedby", this.#said.id);
    this.#said.textContent = saved.error || (words().failed ?? "");
  }

  /** Whoever was in the field is at the level; who has gone on stays where they are. */
  #end() {
    if (this.#isOver) return; // taking a field away that has the focus blurs it, too
    this.#isOver = true;
    const hadFocus = document.activeElement === this.#input;
    this.#field.remove();
    this.#level.hidden = false;
    if (hadFocus) this.#level.focus();
    this.#level.dispatchEvent(new CustomEvent("edit-over", { bubbles: true }));
  }
}

/** Takes away what was said of the last level: its way back leads no longer where it says. */
let forget = () => {};

/**
 * Show a level where the page has it, at once, as the socket only then draws it anew; and say so.
 * @param {HTMLElement} level
 * @param {string} was
 * @param {import("./level_saving.js").Saved} saved
 */
function tell(level, was, { level: now = "", cautions }) {
  level.dataset.value = now;
  level.textContent = now;
  const { label = "", levelEdit: url = "" } = level.dataset;
  level.setAttribute("aria-label", (level.getAttribute("aria-label") ?? "").replace(was, now));
  const text = filled(words().moved ?? "", { label, before: was, after: now });
  forget();
  forget = say({ text, cautions }, () => void goBack(url, now, was));
}

/**
 * @param {string} url
 * @param {string} now
 * @param {string} was
 */
async function goBack(url, now, was) {
  const saved = await saveLevel(url, now, was);
  // The row may have been drawn anew: the level is another element then.
  const level = [...document.querySelectorAll("[data-level-edit]")].find(
    (one) => one instanceof HTMLElement && one.dataset.levelEdit === url && one.dataset.value === now,
  );
  if (!saved.level) say({ text: saved.error || (words().failed ?? ""), tags: "error" });
  else if (level instanceof HTMLElement) {
    tell(level, now, saved);
    level.focus();
  }
}

function words() {
  return document.getElementById("row-menu")?.dataset ?? {};
}
