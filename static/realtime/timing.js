// @ts-check
/** How a worker and its tabs find out that the other side is there no more: a crash says nothing. */

export const PING_EVERY = 10_000;
/** A tab that leaves so many pings in a row unanswered has gone, or sleeps. */
export const MOST_UNANSWERED = 2;
/** A worker that has not pinged for so long has gone. */
export const LOST_AFTER = 3 * PING_EVERY;
