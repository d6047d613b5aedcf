// @ts-check
/** The log of notifications on the server, for what a socket cannot replay. */

const PAGE = 200;
/** A page that is further behind is told so, as by the server's socket. */
const MOST = 500;

/**
 * Read the notifications behind a number, oldest first; null if there are too many.
 * @param {number} after
 * @returns {Promise<any[] | null>}
 */
export async function readLog(after) {
  const rows = [];
  for (let last = after; ; last = rows[rows.length - 1].seq) {
    const answer = await fetch(
      `/api/v1/realtime/notifications?after_seq=${last}&page_size=${PAGE}`,
    );
    if (!answer.ok) throw new Error(`the log answered ${answer.status}`);
    const page = (await answer.json()).results;
    rows.push(...page);
    if (rows.length > MOST) return null;
    if (page.length < PAGE) return rows;
  }
}
