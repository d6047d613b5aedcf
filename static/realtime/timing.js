// @ts-check
/** What a worker and its tabs must agree on. */

/** The worker asks its tabs whether they are there. */
export const PING_EVERY = 20_000;
