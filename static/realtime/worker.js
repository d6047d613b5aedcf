// @ts-check
/** The worker that all tabs of one user share: it has the connection. */

import { RealtimeClient } from "../realtime.js";
import { Hub } from "./hub.js";
import { readLog } from "./log.js";

const hub = new Hub((url, after, wake) => new RealtimeClient(url, { after, wake }), readLog);

addEventListener("connect", (event) => hub.serve(/** @type {MessageEvent} */ (event).ports[0]));
