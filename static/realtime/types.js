// @ts-check
/** The types that the parts of the realtime client share. */

/** @typedef {{type: string, [field: string]: any}} Frame A frame of the server. */
/** @typedef {"quotes" | "monitors"} Stream What is followed piece by piece. */
/** @typedef {string | number} Key A symbol, or the id of a monitor. */
/** @typedef {"connecting" | "catching-up" | "live" | "offline" | "stopped"} State */

/**
 * @typedef {object} Problem
 * @property {number | string} code A close code, or the code of an error frame.
 * @property {string} message
 * @property {boolean} final Whether the client has given up.
 * @property {Frame} [frame] The error frame.
 * @property {object} [request] The frame of ours that it answers.
 */

/**
 * Calls `retry` when waiting any longer makes no sense; returns how to stop that.
 * @typedef {(retry: () => void) => () => void} Wake
 */

/**
 * What a page needs of its connection, whether it is its own or shared with other tabs.
 * @typedef {object} Realtime
 * @property {() => void} onOpen After each connection, before anything that was missed.
 * @property {(frame: Frame) => void} onMessage Each frame but pings, and each notification once.
 * @property {(problem: Problem) => void} onError
 * @property {(state: State) => void} onState
 * @property {State} state
 * @property {number | null} nextTry When it connects again while it is offline, in epoch milliseconds.
 * @property {number | null} after The number of the last notification seen.
 * @property {() => void} connect
 * @property {() => void} reconnect
 * @property {() => void} close
 * @property {(frame: object) => boolean} send
 * @property {() => void} followNotifications
 * @property {(stream: Stream, keys: Key[]) => void} follow
 * @property {(stream: Stream, keys: Key[]) => void} unfollow
 */

/**
 * What a tab says to the worker.
 * @typedef {{say: "attach", url: string, after: number}
 *   | {say: "follow" | "unfollow", stream: Stream, keys: Key[]}
 *   | {say: "send", frame: Frame}
 *   | {say: "wake" | "reconnect" | "leave" | "pong"}} Request
 */

/**
 * What the worker says to a tab.
 * @typedef {{say: "frame", frame: Frame}
 *   | {say: "state", state: State, nextTry: number | null}
 *   | {say: "problem", problem: Problem}
 *   | {say: "open" | "ping" | "unknown" | "full"}} Reply
 */

export {};
