// @ts-check
/**
 * The page for when the server is away: in the language and the colours of the last page, with the
 * time of the last connection, and back as soon as the server answers.
 */

import { lastKnown } from "./last_known.js";

const FIRST_PAUSE = 3;
const LONGEST_PAUSE = 30;
const READY = "/healthz";

const known = lastKnown();
const section = choose(known.language ?? navigator.language);
section.dataset.chosen = "";
let pause = FIRST_PAUSE;
let left = pause;

if (known.theme === "light" || known.theme === "dark") {
  document.documentElement.dataset.theme = known.theme;
}
if (known.at) {
  const since = /** @type {HTMLElement} */ (section.querySelector(".since"));
  const time = new Date(known.at).toLocaleString(section.lang);
  since.textContent = (section.dataset.since ?? "").replace("{time}", time);
  since.hidden = false;
}
const next = /** @type {HTMLElement} */ (section.querySelector(".next"));
section.querySelector("a")?.addEventListener("click", (event) => {
  event.preventDefault();
  void attempt();
});
addEventListener("online", () => void attempt());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void attempt();
});
setInterval(tick, 1000);
show();

function tick() {
  left -= 1;
  if (left > 0) show();
  else void attempt();
}

async function attempt() {
  pause = Math.min(LONGEST_PAUSE, pause * 1.5);
  left = Math.round(pause);
  next.textContent = section.dataset.now ?? "";
  try {
    const answer = await fetch(READY, { cache: "no-store" });
    if (answer.ok) location.reload();
    else show();
  } catch {
    show();
  }
}

function show() {
  next.textContent = (section.dataset.next ?? "").replace("{seconds}", String(left));
}

/**
 * Keep one language, and take the others away.
 * @param {string} wanted
 */
function choose(wanted) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("section[lang]"));
  const near = [...all].find((one) => one.lang.slice(0, 2) === wanted.slice(0, 2)) ?? all[0];
  for (const one of all) if (one !== near) one.remove();
  document.documentElement.lang = near.lang;
  document.title = `${near.dataset.title} · Stockwatch`;
  return near;
}
