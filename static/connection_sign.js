// @ts-check
/** The state of the connection, in the header: shown at once, read out when it has settled. */

/** @typedef {import("./realtime/types.js").Realtime} Realtime */

/** What comes and goes within this time need not be read out. */
const SETTLED_AFTER = 1500;

export class ConnectionSign {
  #client;
  #sign = /** @type {HTMLElement} */ (document.getElementById("connection"));
  #text = /** @type {HTMLElement} */ (this.#sign.querySelector(".text"));
  #aloud = /** @type {HTMLElement} */ (document.getElementById("connection-aloud"));
  #button = /** @type {HTMLButtonElement} */ (document.getElementById("connect-now"));
  /** A page that becomes live as expected says nothing. */
  #said = "live";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #counting;

  /** @param {Realtime} client */
  constructor(client) {
    this.#client = client;
    this.#button.addEventListener("click", () => client.reconnect());
  }

  show() {
    const { state } = this.#client;
    this.#sign.dataset.state = state;
    this.#button.hidden = state !== "offline";
    clearInterval(this.#counting);
    if (state === "offline") this.#counting = setInterval(() => this.#write(), 1000);
    this.#write();
    clearTimeout(this.#settling);
    // Each attempt while it is offline is no news.
    if (state === "connecting" && this.#said === "offline") return;
    this.#settling = setTimeout(() => this.#say(state), SETTLED_AFTER);
  }

  #write() {
    const { state, nextTry } = this.#client;
    const name = this.#wording(state);
    const seconds = nextTry === null ? 0 : Math.ceil((nextTry - Date.now()) / 1000);
    const next = this.#sign.dataset.next?.replace("{seconds}", String(seconds));
    this.#text.textContent = state === "offline" && seconds > 0 ? `${name} · ${next}` : name;
  }

  /** @param {string} state */
  #say(state) {
    if (state === this.#said) return;
    this.#said = state;
    this.#aloud.textContent = this.#wording(`${state}-aloud`);
  }

  /** @param {string} name */
  #wording(name) {
    return this.#sign.getAttribute(`data-${name}`) ?? "";
  }
}
