// @ts-check
/**
 * How a user wants to hear of things holds in all tabs: each page that is drawn tells those that
 * are open, of which one may be the one that sounds.
 */

const SHARED = ["sound", "zone", "quiet", "quietLetsUrgent"];

const page = document.body.dataset;
const channel = new BroadcastChannel(`stockwatch settings of ${page.user}`);
channel.addEventListener("message", ({ data }) => {
  for (const name of SHARED)
    if (data[name] === undefined) delete page[name];
    else page[name] = data[name];
});

/** Tell the other tabs what this page says. */
export function tellTabs() {
  channel.postMessage(Object.fromEntries(SHARED.map((name) => [name, page[name]])));
}
