// The screens in a real Chromium over the real server and an archive of the samples. Checks what a person would see and
// leaves pictures of it.
//   node screens_test.mjs --program build/release/chartscan --samples samples --work FOLDER [--archive DIR] [--pictures DIR]
// Without --archive the samples are taken through `chartscan ingest` into FOLDER first; an archive older than the
// program is made anew.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const { values: given } = parseArgs({
  options: { program: { type: "string" }, samples: { type: "string" }, work: { type: "string" }, archive: { type: "string" }, pictures: { type: "string" } },
});
const samples = path.resolve(given.samples ?? path.join(top, "samples"));
const pictures = path.resolve(given.pictures ?? path.join(top, "build/screens"));
const { chromium } = createRequire(path.join(top, "web/package.json"))("playwright-core");
const kChromium = "/usr/bin/chromium";
const kChromiumFlags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const kPatience = 30_000;
const kEdgeOff = 0.35;  // of a mark's height: its edges against the ink of the word

// --- the archive and the server ---------------------------------------------------------------------------------------

function archiveOfSamples() {
  if (given.archive) return given.archive;
  const archive = path.join(given.work, "archive");
  const done = path.join(given.work, "done");
  if (existsSync(done) && statSync(done).mtimeMs > statSync(given.program).mtimeMs) return archive;
  rmSync(given.work, { recursive: true, force: true });
  mkdirSync(given.work, { recursive: true });
  run(["patients", "import", path.join(samples, "patients.csv"), "--archive", archive]);
  run(["ingest", samples, "--archive", archive]);
  writeFileSync(done, "");
  return archive;
}

// 0 = done, 1 = done but some pages need a person.
function run(words) {
  try {
    execFileSync(given.program, words, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    if (error.status !== 1) throw new Error(`chartscan ${words[0]} ended with ${error.status}: ${error.stderr}`);
  }
}

function serve(archive) {
  const server = spawn(given.program, ["serve", "--archive", archive, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const tooLate = setTimeout(() => reject(new Error(`the server did not start: ${said}`)), kPatience);
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    server.stderr.on("data", (bytes) => {
      said += bytes;
      const url = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (!url) return;
      clearTimeout(tooLate);
      server.removeAllListeners("exit");
      resolve({ base: url[0], stop: () => new Promise((ended) => { server.once("exit", ended); server.kill("SIGTERM"); }) });
    });
  });
}

// --- looking at a page -------------------------------------------------------------------------------------------------

const shown = (page, kind = "upright") => page.waitForSelector(`.image[data-state="shown"][data-kind="${kind}"]`, { timeout: kPatience });
const settled = (page) => page.waitForTimeout(500);  // springs of the viewer
const picture = (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

// Where the ink under a mark really begins and ends, found on the paper alone: marks are hidden for the look. From the
// middle of the mark ink is followed up, down, left and right until a gap as wide as between words. Distances of the
// mark's edges from that, in heights of the mark; and the share of ink in the mark.
async function inkUnder(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, `${selector} is on the screen`);
  const around = 2 * box.height;
  const clip = { x: box.x - around, y: box.y - around, width: box.width + 2 * around, height: box.height + 2 * around };
  await page.evaluate(() => document.querySelectorAll(".mark").forEach((mark) => { mark.style.visibility = "hidden"; }));
  const png = (await page.screenshot({ clip })).toString("base64");
  await page.evaluate(() => document.querySelectorAll(".mark").forEach((mark) => { mark.style.visibility = ""; }));
  return page.evaluate(async ({ encoded, around, box }) => {
    const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const dark = (x, y) => data[4 * (y * image.width + x)] < 170;
    const [x0, y0, x1, y1] = [around, around, around + box.width, around + box.height].map((at) => Math.round(at * devicePixelRatio));
    const any = (from, to, is) => { for (let i = from; i < to; i += 1) if (is(i)) return true; return false; };
    // The last inked place from `middle` on in steps of `step`, over gaps narrower than `gap`.
    const follow = (middle, step, gap, end, inked) => {
      let last = middle;
      for (let at = middle; at >= 0 && at < end && Math.abs(at - last) < gap; at += step) if (inked(at)) last = at;
      return last;
    };
    const height = y1 - y0;
    const row = (y) => any(x0, x1, (x) => dark(x, y));
    let middleY = Math.round((y0 + y1) / 2);
    while (middleY < y1 && !row(middleY)) middleY += 1;
    const [top, bottom] = [-1, 1].map((step) => follow(middleY, step, 0.2 * height, image.height, row));
    const column = (x) => any(top, bottom + 1, (y) => dark(x, y));
    let middleX = Math.round((x0 + x1) / 2);
    while (middleX < x1 && !column(middleX)) middleX += 1;
    const [left, right] = [-1, 1].map((step) => follow(middleX, step, 0.22 * height, image.width, column));
    let ink = 0;
    for (let y = y0; y < y1; y += 1) for (let x = x0; x < x1; x += 1) ink += dark(x, y) ? 1 : 0;
    return {
      share: ink / ((x1 - x0) * height),
      off: { left: (x0 - left) / height, top: (y0 - top) / height, right: (x1 - 1 - right) / height, bottom: (y1 - 1 - bottom) / height },
    };
  }, { encoded: png, around, box });
}

function assertWordUnder(ink, what) {
  assert.ok(ink.share > 0.05 && ink.share < 0.8, `${what}: a word's share of ink, found ${ink.share.toFixed(2)}`);
  for (const [edge, off] of Object.entries(ink.off)) {
    assert.ok(Math.abs(off) < kEdgeOff, `${what}: the mark's ${edge} edge is ${off.toFixed(2)} of its height off the word's ink`);
  }
}

// --- the tests -----------------------------------------------------------------------------------------------------------

const tests = [];
const test = (name, body, pixels = 1) => tests.push([name, body, pixels]);  // screen pixels per CSS pixel

const truth = readFileSync(path.join(samples, "truth.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const known = truth.find((row) => row.search_terms.length > 0 && row.link === "auto-ok" && row.rotation === 0);
const phrase = `"${known.search_terms[0]}"`;

test("a question typed finds the page, with its patient and its hits marked", async (page, api) => {
  await page.goto("/");
  await page.waitForSelector(".examples");
  await page.waitForSelector(".ask input:focus");
  await picture(page, "search-empty");
  await page.keyboard.type(phrase);  // the box has the focus
  await page.waitForSelector(".result");
  const answer = await api(`search?q=${encodeURIComponent(phrase)}`);
  assert.equal(await page.locator(".summary b").innerText(), `${answer.total} page${answer.total === 1 ? "" : "s"}`);
  assert.ok((await page.locator(".result").first().locator(".snippet mark").count()) > 0, "the snippet marks the hit");
  assert.match(await page.locator(".result").first().innerText(), new RegExp(known.mrn));
  assert.ok(new URL(page.url()).searchParams.get("q") === phrase, "the address holds the question");
  await shown(page);
});

test("hit boxes lie on the words of the page, straightened and as scanned, at every zoom", async (page) => {
  await page.goto(`/?q=${encodeURIComponent(phrase)}`);
  await shown(page);
  await settled(page);
  assertWordUnder(await inkUnder(page, ".mark.hit.active"), "straightened");
  await picture(page, "search-hit");
  await page.keyboard.press("3");
  await settled(page);
  assertWordUnder(await inkUnder(page, ".mark.hit.active"), "zoomed to the hit");
  await picture(page, "search-hit-zoomed");
  await page.keyboard.press("o");
  await shown(page, "delivered");
  await settled(page);
  assertWordUnder(await inkUnder(page, ".mark.hit.active"), "as scanned");
}, 2);

test("n and p step through the hits, j and k through the pages", async (page, api) => {
  const query = "patient";
  const answer = await api(`search?q=${query}`);
  const first = answer.items.findIndex((item) => item.boxes.length > 1);
  assert.ok(first >= 0 && answer.items.length > 1, "the samples hold a page with several hits");
  await page.goto(`/?q=${query}&page=${answer.items[first].page}`);
  await shown(page);
  const active = () => page.locator(".mark.hit.active").getAttribute("data-mark");
  assert.equal(await active(), "0");
  await page.keyboard.press("n");
  await page.waitForSelector('.mark.active[data-mark="1"]');
  await page.keyboard.press("p");
  await page.waitForSelector('.mark.active[data-mark="0"]');
  const next = first + 1 < answer.items.length ? ["j", first + 1] : ["k", first - 1];
  await page.keyboard.press(next[0]);
  await page.waitForSelector(`.image[data-page="${answer.items[next[1]].page}"][data-state="shown"]`, { timeout: kPatience });
  assert.equal(new URL(page.url()).searchParams.get("page"), answer.items[next[1]].page);
});

test("a question that cannot be understood is answered in words, one without a hit says what to try", async (page) => {
  await page.goto(`/?q=${encodeURIComponent("(open")}`);
  await page.waitForSelector(".trouble");
  await page.goto("/?q=qqzzxxyyvv");
  await page.waitForSelector(".state h2");
  assert.match(await page.locator(".state h2").innerText(), /No page says this/);
  await picture(page, "search-nothing");
});

test("c opens the patient's chart at the page, in chart order", async (page, api) => {
  await page.goto(`/?q=${encodeURIComponent(phrase)}`);
  await shown(page);
  await page.keyboard.press("c");
  await page.waitForSelector(".identity h1");
  const chart = await api(`charts/${encodeURIComponent(known.mrn)}`);
  assert.equal(await page.locator(".identity h1").innerText(), chart.patient.name);
  const documents = chart.sections.flatMap((section) => section.documents);
  assert.equal(await page.locator(".document").count(), documents.length);
  assert.deepEqual(await page.locator(".tab > h2").evaluateAll((all) => all.map((one) => one.firstChild.textContent)), chart.sections.map((section) => section.name));
  await shown(page);
  await page.keyboard.press("w");
  await page.waitForSelector(".reasons li");
  await settled(page);
  await picture(page, "chart");
});

test("a chart is found by a few letters and opened with Enter", async (page, api) => {
  const { patient } = await api(`charts/${encodeURIComponent(known.mrn)}`);
  await page.goto("/");
  await page.waitForSelector(".ask input:focus");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".ask input:not(:focus)");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForSelector(".find input");
  await page.keyboard.type(known.mrn.slice(0, -1));
  await page.waitForSelector(`#row-${known.mrn}`);
  await page.keyboard.type(known.mrn.slice(-1));
  await page.waitForFunction(() => document.querySelectorAll(".patient").length === 1);
  await picture(page, "find-a-chart");
  await page.waitForTimeout(300);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".identity h1");
  assert.equal(await page.locator(".identity h1").innerText(), patient.name);
});

test("the batches show a ledger that balances, and a batch its pages and the evidence on them", async (page, api) => {
  await page.goto("/batches");
  await page.waitForSelector(".batches tbody");
  const { items } = await api("batches");
  assert.equal(await page.locator(".batches tbody").count(), items.length);
  for (const [index, batch] of items.entries()) {
    const { ledger } = batch;
    assert.equal(ledger.fed, ledger.filed + ledger.separators + ledger.blanks + ledger.review + ledger.rejected + ledger.superseded, batch.name);
    assert.match(await page.locator(".batches tbody").nth(index).innerText(), /balanced/);
  }
  await picture(page, "batches");

  const { pages } = await api(`batches/${items.at(-1).id}`);
  await page.goto(`/batches/${items.at(-1).id}`);
  await shown(page);
  assert.equal(await page.locator(".tile").count(), pages.length);
  await page.waitForSelector(".evidence button");
  await page.locator(".evidence button").first().hover();
  await page.waitForSelector(".mark.field.active");
  await settled(page);
  const ink = await inkUnder(page, ".mark.field.active");
  assert.ok(ink.share > 0.03, `the evidence lies on ink, found ${ink.share.toFixed(2)}`);
  await picture(page, "batch");
});

test("the page has at least 60 % of the width at 1280, and `?` lists the keys", async (page) => {
  for (const address of [`/?q=${encodeURIComponent(phrase)}`, `/chart/${encodeURIComponent(known.mrn)}`, "/batches/B00000001"]) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(address);
    await shown(page);
    const { width } = await page.locator(".stage").boundingBox();
    assert.ok(width >= 0.6 * 1280, `${address}: ${width} of 1280 pixels`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!overflow, `${address}: nothing runs off the side`);
  }
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open] dt");
  await picture(page, "keys");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
});

test("the screens are at home in the dark", async (page) => {
  await page.emulateMedia({ colorScheme: "dark" });
  const screens = { search: `/?q=${encodeURIComponent(phrase)}`, chart: `/chart/${encodeURIComponent(known.mrn)}`, batch: "/batches/B00000001" };
  for (const [name, address] of Object.entries(screens)) {
    await page.goto(address);
    await shown(page);
    await settled(page);
    const [background] = (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).match(/\d+/g).map(Number);
    assert.ok(background < 60, "a dark surface");
    await picture(page, `dark-${name}`);
  }
});

// --- running them --------------------------------------------------------------------------------------------------------

// Anything the browser complains of, and any address that is not the server's, is a fault whatever the test looked at.
function watch(page, base, faults) {
  page.on("pageerror", (error) => faults.push(`exception in the page: ${error.message}`));
  page.on("console", (message) => {
    const refusedOnPurpose = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refusedOnPurpose) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== base) faults.push(`asked elsewhere: ${request.url()}`);
  });
}

async function main() {
  mkdirSync(pictures, { recursive: true });
  const server = await serve(archiveOfSamples());
  const browser = await chromium.launch({ executablePath: kChromium, headless: true, args: kChromiumFlags });
  const api = async (route) => {
    const response = await fetch(`${server.base}/api/v1/${route}`);
    assert.ok(response.ok, `${route}: ${response.status}`);
    return response.json();
  };
  let failed = 0;
  for (const [name, body, pixels] of tests) {
    const context = await browser.newContext({
      baseURL: server.base, viewport: { width: 1440, height: 900 }, deviceScaleFactor: pixels, colorScheme: "light",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(kPatience);
    const faults = [];
    watch(page, server.base, faults);
    try {
      await body(page, api);
      assert.deepEqual(faults, []);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n        ${String(error.message).replaceAll("\n", "\n        ")}`);
      await picture(page, `failed-${failed}`).catch(() => {});
    }
    await context.close();
  }
  await browser.close();
  await server.stop();
  console.log(`${tests.length - failed} of ${tests.length} passed; pictures in ${path.relative(process.cwd(), pictures)}`);
  process.exitCode = failed ? 1 : 0;
}

await main();
