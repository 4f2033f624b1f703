// The browser's side of `scripts/bench review`: a clerk who accepts one document after the other on the real screen.
//   node bench/review.mjs --base URL --name USER --password WORDS --items N --look MS --of N
// Prints a line of JSON for each `of` items: how fast they went, from the key to the next image painted, and what the browser holds.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { keyToPaint, openEyes, shown } from "../tests/browser/eyes.mjs";
import { session } from "../tests/browser/house.mjs";

const { values: given } = parseArgs({ options: Object.fromEntries(["base", "name", "password", "items", "look", "of", "pictures"].map((name) => [name, { type: "string" }])) });
const items = Number(given.items), look = Number(given.look), of = Number(given.of);

const { cookie, send } = await session(given.base, given.name, given.password);
const eyes = await openEyes(given.pictures);
const { page, context, faults, close } = await eyes.window(given.base, { cookie });
const inner = await context.newCDPSession(page), outer = await context.browser().newBrowserCDPSession();
await inner.send("Performance.enable");

// What JavaScript holds once its rubbish is gone, nodes of the document, and the memory of all processes of the browser: decoded
// images are not on JavaScript's heap.
async function held() {
  await inner.send("HeapProfiler.collectGarbage");
  const { metrics } = await inner.send("Performance.getMetrics");
  const metric = (name) => metrics.find((one) => one.name === name).value;
  const { processInfo } = await outer.send("SystemInfo.getProcessInfo");
  const resident = processInfo.reduce((sum, { id }) => sum + Number(readFileSync(`/proc/${id}/status`, "utf8").match(/RssAnon:\s+(\d+)/)?.[1] ?? 0), 0);
  return { heap_mb: metric("JSHeapUsedSize") / 1e6, nodes: metric("Nodes"), listeners: metric("JSEventListeners"), browser_mb: resident / 1e3 };
}

const { total } = await send("GET", "review?limit=1");
if (total <= items) throw new Error(`only ${total} documents wait`);  // behind the last one no page comes
await page.goto("/review");
await shown(page);
for (let first = 0; first < items; first += of) {
  const began = performance.now(), times = [];
  for (let item = first; item < Math.min(first + of, items); item += 1) {
    await page.waitForSelector(".deeds .primary:not(:disabled)");
    await page.waitForTimeout(look);
    times.push((await keyToPaint(page, "Enter")).ms);
  }
  console.log(JSON.stringify({ items: first + times.length, minutes: (performance.now() - began) / 60_000, ms: times, ...(await held()) }));
}
await page.waitForFunction(() => document.querySelector(".review-head .chip")?.textContent === "stored");
console.log(JSON.stringify({ stored: total - (await send("GET", "review?limit=1")).total, faults }));
await close();
await eyes.close();
