// @ts-check
/** Several rows of the list at once: a box on each, and a bar of what can be done to them. */

/** @typedef {import("../realtime/types.js").Frame} Frame */

/** @returns {((frame: Frame) => void) | null} */
export function selecting() {
  const form = document.getElementById("selecting");
  const list = document.getElementById("monitors");
  const toggle = document.getElementById("select-rows");
  const bar = form?.querySelector(".of-selected");
  if (!form || !list || !toggle || !(bar instanceof HTMLElement)) return null;
  form.removeAttribute("data-unready"); // its place was kept, so that nothing moves
  const rows = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-monitor]")]);
  /** What is ticked, kept for rows that are drawn anew. @type {Set<string>} */
  const ticked = new Set();
  let isOn = false;

  const show = () => {
    for (const row of rows()) {
      const box = row.querySelector("input.pick");
      if (isOn && !box) row.prepend(boxOf(row, form, ticked));
      if (!isOn) box?.remove();
    }
    count();
  };
  const count = () => {
    const here = new Set(rows().map((row) => row.dataset.monitor ?? ""));
    for (const id of ticked) if (!here.has(id)) ticked.delete(id);
    const output = document.getElementById("selected-count");
    if (output && output.textContent !== String(ticked.size)) output.textContent = String(ticked.size);
  };

  // A row that was drawn anew needs its box again.
  const redrawn = new MutationObserver(show);
  toggle.addEventListener("click", () => {
    isOn = !isOn;
    if (isOn) redrawn.observe(list, { childList: true, subtree: true });
    else redrawn.disconnect();
    ticked.clear();
    toggle.setAttribute("aria-pressed", String(isOn));
    list.classList.toggle("selecting", isOn);
    form.classList.toggle("on", isOn);
    bar.hidden = !isOn;
    show();
  });
  list.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches(".pick")) return;
    if (box.checked) ticked.add(box.value);
    else ticked.delete(box.value);
    count();
  });
  document.getElementById("select-all")?.addEventListener("click", () => {
    const boxes = /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll("input.pick")]).filter(
      (box) => box.checkVisibility(),
    );
    const isWanted = boxes.some((box) => !box.checked);
    for (const box of boxes) {
      box.checked = isWanted;
      if (isWanted) ticked.add(box.value);
      else ticked.delete(box.value);
    }
    count();
  });
  return null;
}

/**
 * @param {HTMLElement} row
 * @param {HTMLElement} form
 * @param {Set<string>} ticked
 */
function boxOf(row, form, ticked) {
  const box = document.createElement("input");
  const id = row.dataset.monitor ?? "";
  const name = row.querySelector(".name")?.textContent ?? id;
  box.type = "checkbox";
  box.className = "pick";
  box.name = "id";
  box.value = id;
  box.checked = ticked.has(id);
  // Not `form.id`: that is the first box, by its name.
  box.setAttribute("form", form.getAttribute("id") ?? "");
  box.setAttribute("aria-label", (form.dataset.select ?? "").replace("{name}", name));
  return box;
}
