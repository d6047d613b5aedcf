// @ts-check
/** What runs on every page of somebody who is logged in: one connection, and who listens to it. */

import { Bell } from "./alerts/bell.js";
import { BrowserNotices } from "./alerts/browser_notices.js";
import { Banners } from "./banners.js";
import { ConnectionSign } from "./connection_sign.js";
import { install, noteWhileLive } from "./installed.js";
import { keys } from "./keys.js";
import { menu } from "./menu.js";
import { appearance } from "./pages/appearance.js";
import { copyButtons } from "./pages/copy_buttons.js";
import { levelEdit } from "./pages/level_edit.js";
import { monitorActions } from "./pages/monitor_actions.js";
import { monitorForm } from "./pages/monitor_form.js";
import { followWatchlist, monitorList } from "./pages/monitor_list.js";
import { monitorPage } from "./pages/monitor_page.js";
import { notificationList } from "./pages/notification_list.js";
import { noticesSwitch } from "./pages/notices_switch.js";
import { quickLine } from "./pages/quick_line.js";
import { statusBoard } from "./pages/status_board.js";
import { thisBrowser } from "./pages/this_browser.js";
import { tour } from "./pages/tour.js";
import { wordingForm } from "./pages/wording_form.js";
import { renewPush } from "./push/enable.js";
import { openRealtime } from "./realtime/open.js";
import { tellTabs } from "./same_in_all_tabs.js";
import { Sounds, tryButtons } from "./sound.js";
import { Toasts } from "./toasts.js";
import { Unread } from "./unread.js";

/** @typedef {import("./realtime/types.js").Frame} Frame */
/** @typedef {(frame: Frame) => void} Listener */

const client = openRealtime(document.body.dataset);
const sign = new ConnectionSign(client);
const banners = new Banners();
const toasts = new Toasts();
const unread = new Unread();
const bell = new Bell(client);
const sounds = new Sounds(document.body.dataset, (allow) => toasts.say("sound", allow));
const notices = new BrowserNotices();

/** @type {Listener[]} */
const listeners = [
  (frame) => banners.receive(frame),
  (frame) => toasts.receive(frame),
  (frame) => unread.receive(frame, client.after ?? 0),
  (frame) => bell.receive(frame),
  (frame) => sounds.receive(frame),
  (frame) => notices.receive(frame),
  ...[
    monitorList,
    monitorForm,
    monitorPage,
    monitorActions,
    levelEdit,
    quickLine,
    notificationList,
    wordingForm,
    tour,
  ]
    .map((page) => page(client))
    .filter((listener) => listener !== null),
];

const noteLive = noteWhileLive(client);
const askWatchlist = followWatchlist(client);

client.onMessage = (/** @type {Frame} */ frame) => {
  for (const listener of listeners) listener(frame);
};
client.onError = (/** @type {import("./realtime/types.js").Problem} */ problem) => {
  if (problem.code === 4005) void revoked();
  else if (problem.code === 4001) toasts.say("logged-out");
  else if (problem.final) toasts.say("refused");
};
client.onState = () => {
  sign.show();
  banners.connection(client.state);
  noteLive();
  askWatchlist();
};

/** Whoever changes the password has another session now, and goes on with that. */
async function revoked() {
  const answer = await fetch("/banners/", { redirect: "manual" }).catch(() => null);
  if (answer?.ok) client.reconnect();
  else toasts.say("logged-out");
}

tellTabs();
menu();
keys();
copyButtons();
appearance();
void install();
noticesSwitch();
tryButtons();
statusBoard();
if (!thisBrowser()) void renewPush();
client.followNotifications();
client.connect();
