// @ts-check
/** What runs on every page of somebody who is logged in: one socket, and who listens to it. */

import { monitorForm } from "./pages/monitor_form.js";
import { monitorList } from "./pages/monitor_list.js";
import { notificationList } from "./pages/notification_list.js";
import { RealtimeClient } from "./realtime.js";
import { Toasts } from "./toasts.js";
import { Unread } from "./unread.js";

/** @typedef {import("./realtime.js").Frame} Frame */
/** @typedef {(frame: Frame) => void} Listener */

const client = new RealtimeClient("/ws/realtime/", { after: Number(document.body.dataset.head) });
const toasts = new Toasts();
const unread = new Unread();

/** @type {Listener[]} */
const listeners = [
  (frame) => toasts.receive(frame),
  (frame) => unread.receive(frame, client.after ?? 0),
  ...[monitorList, monitorForm, notificationList]
    .map((page) => page(client))
    .filter((listener) => listener !== null),
];

client.onMessage = (frame) => {
  for (const listener of listeners) listener(frame);
};
client.onError = (problem) => {
  if (problem.code === 4001 || problem.code === 4005) toasts.say("logged-out");
  else if (problem.final) toasts.say("refused");
};
client.onState = (state) => {
  const sign = document.getElementById("connection");
  const text = sign?.querySelector(".text");
  if (!sign || !text) return;
  sign.dataset.state = state;
  text.textContent = sign.getAttribute(`data-${state}`);
};

client.followNotifications();
client.connect();
