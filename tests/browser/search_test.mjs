// The auditor's day: asking, narrowing, the hits on the page, saving the question, and taking pages out with a reason.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { axe, settled, shown } from "./eyes.mjs";

const kSizeOff = 0.03;  // of a printed page's size: what straightening cuts off
const kEdgeOff = 0.35;  // of a mark's height: its edges against the ink of the word

async function ask(page, q) {
  await page.goto("/search");
  await page.waitForSelector(".ask input:focus");
  await page.keyboard.type(q);
  await page.waitForSelector(".result");
}

// Where the ink under a mark really begins and ends, found on the paper alone: marks are hidden for the look. From the middle of the
// mark ink is followed up, down, left and right until a gap as wide as between words. Distances of the mark's edges from that, in
// heights of the mark; and the share of ink in the mark.
async function inkUnder(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, `${selector} is on the screen`);
  const around = 2 * box.height;
  const clip = { x: box.x - around, y: box.y - around, width: box.width + 2 * around, height: box.height + 2 * around };
  const hide = (how) => page.evaluate((visibility) => { document.querySelector(".marks").style.visibility = visibility; }, how);
  await hide("hidden");
  const png = (await page.screenshot({ clip })).toString("base64");
  await hide("");
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
  for (const [edge, off] of Object.entries(ink.off)) assert.ok(Math.abs(off) < kEdgeOff, `${what}: the mark's ${edge} edge is ${off.toFixed(2)} of its height off the word's ink`);
}

const kPhrase = '"storm windows"';

export const tests = [
  ["a question typed finds the page, with snippet, patient and hits; the question never stands in the address", { role: "auditor" }, async ({ page, api, picture }) => {
    await page.goto("/search");
    await page.waitForSelector(".examples");
    await axe(page, "search, nothing asked");
    await picture("search-empty");
    await ask(page, kPhrase);
    const answer = await api("GET", `search?q=${encodeURIComponent(kPhrase)}`);
    assert.equal(await page.locator(".summary b").innerText(), `${answer.total} page${answer.total === 1 ? "" : "s"}`);
    assert.ok((await page.locator(".result").first().locator(".snippet mark").count()) > 0);
    await shown(page);
    assert.ok(!decodeURIComponent(page.url()).includes("storm"), page.url());
    assert.ok(!(await page.title()).includes("storm"));
    assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage))).includes("storm"));
    await axe(page, "search");
    await page.reload();
    await page.waitForSelector(".result");  // the history's entry kept it
  }],

  ["hit boxes lie on the words of the page, cleaned and as scanned, at every zoom and turn", { role: "auditor", dots: 2 }, async ({ page, picture }) => {
    await ask(page, kPhrase);
    await page.keyboard.press("Escape");
    await shown(page);
    await settled(page);
    assertWordUnder(await inkUnder(page, ".mark.hit.active"), "cleaned");
    await picture("search-hit");
    await page.keyboard.press("x");
    await settled(page);
    assertWordUnder(await inkUnder(page, ".mark.hit.active"), "zoomed to the hit");
    await page.keyboard.press("0");
    await settled(page);
    await picture("search-pixels");
    assertWordUnder(await inkUnder(page, ".mark.hit.active"), "pixel by pixel");
    await page.keyboard.press("w");
    await page.keyboard.press("o");
    await page.waitForSelector('.image[data-kind="delivered"][data-state="shown"]');
    await settled(page);
    assertWordUnder(await inkUnder(page, ".mark.hit.active"), "as scanned");
    await page.keyboard.press("v");
    await page.keyboard.press("v");
    await page.keyboard.press("x");
    await settled(page);
    const upsideDown = await inkUnder(page, ".mark.hit.active");
    assert.ok(upsideDown.share > 0.05, `turned by 180 degrees the mark still lies on ink, found ${upsideDown.share.toFixed(2)}`);
  }],

  ["n and p step through the hits, j and k through the pages", { role: "auditor" }, async ({ page, api }) => {
    const { items } = await api("GET", "search?q=patient");
    await ask(page, "patient");
    await page.keyboard.press("Escape");
    await shown(page);
    const at = items.findIndex((item) => item.boxes.length > 1);
    for (let step = 0; step < at; step += 1) await page.keyboard.press("j");
    await page.waitForSelector(`.image[data-page="${items[at].page}"][data-state="shown"]`);
    await page.keyboard.press("n");
    await page.waitForSelector('.mark.active[data-mark="1"]');
    await page.keyboard.press("p");
    await page.waitForSelector('.mark.active[data-mark="0"]');
    await page.keyboard.press("j");
    await page.waitForSelector(`.image[data-page="${items[at + 1].page}"][data-state="shown"]`);
  }],

  ["a count narrows the question and widens it again; pages are grouped by document and chart", { role: "auditor" }, async ({ page, picture }) => {
    await ask(page, "patient");
    const all = await page.locator(".summary b").innerText();
    const facet = page.locator(".facets section").first().locator("button").first();
    const promised = (await facet.locator("b").innerText()).replace(/\D/g, "");
    await facet.click();
    await page.waitForFunction((n) => document.querySelector(".summary b")?.textContent.startsWith(`${n} page`), promised);
    await picture("search-narrowed");
    await page.locator(".facets button[aria-pressed=true]").first().click();
    await page.waitForFunction((words) => document.querySelector(".summary b")?.textContent === words, all);
    await page.getByLabel("Group by").selectOption("chart");
    await page.waitForSelector(".group-heading");
    await axe(page, "search by charts");
    await picture("search-charts");
  }],

  ["a question that cannot be understood is answered in words; one without a hit says what to try", { role: "auditor" }, async ({ page, picture }) => {
    await page.goto("/search");
    await page.waitForSelector(".ask input:focus");
    await page.keyboard.type("(open");
    await page.waitForSelector(".trouble");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("qqzzxxyyvv");
    await page.waitForSelector("text=No page says this");
    await picture("search-nothing");
  }],

  ["a question is saved and asked again from the list", { role: "auditor" }, async ({ page, picture }) => {
    await ask(page, "glucose");
    await page.keyboard.press("Escape");
    await page.keyboard.press("s");
    await page.waitForSelector("dialog input");
    await page.keyboard.type("sugar");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("aspirin");
    await page.waitForFunction(() => /aspirin/i.test(document.querySelector(".snippet mark")?.textContent ?? ""));
    await page.keyboard.press("Escape");
    await page.keyboard.press("h");
    await page.waitForSelector("dialog .question");
    await axe(page, "asked before");
    await picture("search-history");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector(".ask input")?.value === "glucose");
  }],

  ["the help's examples are tried by key, and a saved question is forgotten", { role: "auditor" }, async ({ page, api, picture }) => {
    await ask(page, "patient");
    await page.keyboard.press("Escape");
    await page.keyboard.press("y");
    await page.waitForSelector("dialog .examples");
    await axe(page, "how to ask");
    await picture("search-help");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const example = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("Enter");
    await page.waitForFunction((q) => document.querySelector(".ask input")?.value === q && !document.querySelector("dialog"), example);
    await api("POST", "searches", { name: "for the bin", q: "aspirin" });
    await page.keyboard.press("h");
    const rows = page.locator("dialog .question", { hasText: "for the bin" });
    await rows.waitFor();
    for (let row = 0; row < 9 && (await rows.getAttribute("aria-selected")) !== "true"; row += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Delete");
    await rows.waitFor({ state: "detached" });
    assert.ok(!(await api("GET", "searches")).saved.some((one) => one.name === "for the bin"));
  }],

  ["a document is printed with a reason: the file that was written down, every page in its own size", { role: "auditor" }, async ({ page, context, api, house, picture }) => {
    const { items: [item] } = await api("GET", `search?q=${encodeURIComponent(kPhrase)}`);
    const { pages } = await api("GET", `documents/${item.document}`);
    let told;
    const printed = new Promise((resolve) => { told = resolve; });
    await context.exposeBinding("printed", (from) => told(from.frame));
    await context.addInitScript(() => { window.print = () => window.printed(); });
    await ask(page, kPhrase);
    await page.keyboard.press("Escape");
    await shown(page);
    await page.keyboard.press("P");
    await page.waitForSelector("dialog .primary");
    await axe(page, "printing");
    await picture("search-print");
    await page.getByLabel("Reason").fill("Treatment in ward 3");
    let pdf;
    await page.route("**/exports", async (route) => {
      const response = await route.fetch({ maxRetries: 3 });  // on a line that the server may just let go of
      pdf = await response.body();
      await route.fulfill({ response, body: pdf });
    });
    await page.keyboard.press("Enter");
    const frame = await printed;
    assert.ok(frame.parentFrame() === page.mainFrame() && frame.url().startsWith("blob:"), `${frame.url()} is printed`);
    await page.waitForSelector("dialog", { state: "detached" });
    assert.match(pdf.subarray(0, 5).toString("latin1"), /^%PDF-/, `${pdf.length} bytes were printed`);
    const file = path.join(house.paper, "printed.pdf");
    writeFileSync(file, pdf);
    const about = execFileSync("pdfinfo", ["-l", "99", file], { encoding: "utf8" });
    const sizes = [...about.matchAll(/Page +\d+ size: +([\d.]+) x ([\d.]+)/g)].map((one) => [Number(one[1]), Number(one[2])]);
    assert.equal(sizes.length, pages.length);
    for (const [index, id] of pages.entries()) {
      const { delivered_size, dpi, rotation } = await api("GET", `pages/${id}`);
      const inches = delivered_size.map((pixels, axis) => pixels / dpi[axis]);
      if (rotation % 180) inches.reverse();
      for (const axis of [0, 1]) assert.ok(Math.abs(sizes[index][axis] / 72 - inches[axis]) < kSizeOff * inches[axis], `page ${index + 1}: ${sizes[index]} points for ${inches} inches`);
    }
    const trail = await api("GET", "audit?action=print&limit=5");
    assert.ok(trail.items.some((record) => record.why === "Treatment in ward 3" && record.user === "auditor" && record.document === item.document), "it stands in the trail");
  }],

  ["a page is exported with a reason, and not without", { role: "auditor" }, async ({ page, api, picture }) => {
    const { items: [item] } = await api("GET", `search?q=${encodeURIComponent(kPhrase)}`);
    await ask(page, kPhrase);
    await page.keyboard.press("Escape");
    await shown(page);
    await page.keyboard.press("E");
    await page.waitForSelector("dialog .primary");
    assert.ok(await page.locator("dialog .primary").isDisabled());
    await picture("search-export");
    await page.getByLabel("What").selectOption("page");
    await page.getByLabel("Reason").fill("Court order 12");
    const [saved] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    assert.match(execFileSync("pdfinfo", [await saved.path()], { encoding: "utf8" }), /^Pages: +1$/m);
    const trail = await api("GET", "audit?action=export&limit=5");
    assert.ok(trail.items.some((record) => record.why === "Court order 12" && record.user === "auditor" && record.page === item.page), "it stands in the trail");
  }],
];
