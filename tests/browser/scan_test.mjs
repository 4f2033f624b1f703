// The operator's day at the virtual feeder: a stack with a jam in it, mended, read, balanced and released.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { axe, shown } from "./eyes.mjs";
import { jam, kSheets, putBack, putIn } from "./house.mjs";

const kReadingMs = 300_000, kTries = 60, kAgainMs = 200;

let batch = "";
const balanced = (page) => page.waitForFunction(() => document.querySelector(".verdict")?.textContent === "balances", null, { timeout: kReadingMs });
const chosen = (page) => page.locator(".side-tile[aria-pressed=true]").getAttribute("aria-label");
const arrived = (page, place) => page.waitForFunction((words) => {
  const label = document.querySelector(".side-tile[aria-pressed=true]")?.getAttribute("aria-label") ?? "";
  return new RegExp(words).test(label) && !/Superseded/.test(label);
}, place.source);

// At the batch, with the side of that number before one.
async function station(page, side) {
  assert.ok(batch, "the stack was fed");
  await page.goto(`/scan/${batch}`);
  await balanced(page);
  await page.keyboard.press("Home");
  for (let step = 1; ; step += 1) {
    await page.waitForSelector(`.side-tile[aria-pressed=true][aria-label^="Side ${step},"]`);
    if (step === side) return;
    await page.keyboard.press("j");
  }
}

// The sides that count, in their order; every look checks the ledger.
async function counting(api) {
  const { batch: { ledger }, pages } = await api("GET", `batches/${batch}?limit=1000`);
  assert.equal(ledger.fed, ledger.filed + ledger.separators + ledger.blanks + ledger.review + ledger.rejected + ledger.superseded + ledger.waiting);
  return pages.filter((one) => one.state !== "superseded").sort((a, b) => a.sequence - b.sequence);
}

// A repair by its key, or keys. While a page is being read the server refuses and the screen says so: the operator presses again.
async function repairs(page, keys, words) {
  const press = typeof keys === "string" ? () => page.keyboard.press(keys) : keys;
  for (let tries = 0; tries < kTries; tries += 1) {
    await balanced(page);
    const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith("/repair")), press()]);
    if (!answer.ok()) {
      await page.waitForSelector(".repairs .note.stop");
      await page.waitForTimeout(kAgainMs);
      continue;
    }
    const done = await answer.json();
    assert.match(done.words, words);
    await page.waitForFunction((said) => document.querySelector(".repairs .note.held")?.textContent === said, done.words);
    return;
  }
  assert.fail(`${keys}: ${await page.locator(".repairs .note.stop").allInnerTexts()}`);
}

// The sheets counted by hand, as the operator corrects them.
async function recount(page, sheets) {
  await page.keyboard.press("c");
  await page.waitForSelector("dialog input");
  await page.locator("dialog input").fill(String(sheets));
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog", { state: "detached" });
  await page.waitForFunction((n) => (document.querySelectorAll(".counter dt")[1]?.textContent ?? "").includes(`of ${n} sheets`), sheets);
}

const sides = (page) => page.locator(".counter dd").first().innerText().then(Number);

export const tests = [
  ["a stack is fed, thumbnails arrive live, and a jam says what to put back with the picture of the last good sheet", { role: "operator" }, async ({ page, house, picture }) => {
    await page.goto("/scan");
    await page.waitForSelector(".start-scan form");
    await axe(page, "starting a scan");
    await picture("scan-start");
    await page.getByLabel("Name of the batch").fill("box 12");
    await page.getByLabel("Sheets, counted by hand").fill(String(kSheets));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".side-tile");
    batch = new URL(page.url()).pathname.split("/")[2];
    await page.waitForSelector("dialog.stopped");
    await page.waitForSelector("dialog.stopped .thumb.shown");
    assert.match(await page.locator("dialog.stopped h3").innerText(), /Sheet 2/);
    assert.match(await page.locator("dialog.stopped .words").innerText(), /jammed[^]*sheet 3/i);
    await axe(page, "the feeder stopped");
    await picture("scan-jam");
    putBack(house, 3);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.stopped", { state: "detached" });
    await page.waitForFunction((all) => Number(document.querySelector(".counter dd")?.textContent) >= all, 2 * kSheets);
    assert.ok((await sides(page)) >= 2 * kSheets);
    await shown(page);
    await picture("scan-live");
  }],

  ["sides are turned, parted, set aside and taken back by key; every step can be undone", { role: "operator" }, async ({ page, api }) => {
    await station(page, 1);
    await repairs(page, "t", /turn|rotat|90/i);
    await page.keyboard.press("l");  // while it is read again nothing is released, on the screen or behind it
    await page.waitForSelector("dialog .against li");
    await assert.rejects(api("POST", `batches/${batch}/release`, {}), /409/);
    await page.waitForSelector("dialog .primary");  // it is read: the dialogue stays true
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await repairs(page, "u", /und|back/i);
    await repairs(page, "b", /blank|aside/i);
    await page.waitForFunction(() => /Not blank/.test(document.querySelector(".repair-keys")?.textContent ?? ""));
    await repairs(page, "b", /blank|back|restor/i);
    await page.keyboard.press("j");
    await repairs(page, "s", /part|split|begin|separat/i);
    await repairs(page, "m", /join|goes on/i);
    await repairs(page, "u", /und|back/i);
    await repairs(page, "u", /und|back/i);
  }],

  ["a sheet is scanned again: an empty feeder and a jam cost another try and nothing else", { role: "operator" }, async ({ page, api, house, picture }) => {
    await station(page, 3);
    assert.match(await chosen(page), /sheet 2 front/);
    const before = await counting(api);
    await page.keyboard.press("r");
    await page.waitForSelector("dialog.feeding .thumb.shown");
    assert.match(await page.locator("dialog.feeding .advice").innerText(), /Put sheet 2/);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.feeding .note.stop");
    assert.match(await page.locator("dialog.feeding .note.stop").innerText(), /the feeder is empty/);
    await axe(page, "feeding a sheet again");
    await picture("scan-rescan");
    putBack(house, 2, 2);
    jam(house, 2);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /jam/i.test(document.querySelector("dialog.feeding .note.stop")?.textContent ?? ""));
    assert.doesNotMatch(await page.locator("dialog.feeding .note.stop").innerText(), /chartscan|command/);
    assert.deepEqual((await counting(api)).map((one) => one.id), before.map((one) => one.id));
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await arrived(page, /sheet 2 front/);
    const after = await counting(api);
    assert.deepEqual(after.map((one) => `${one.capture.sheet} ${one.capture.side}`), before.map((one) => `${one.capture.sheet} ${one.capture.side}`));
    assert.deepEqual(after.map((one) => one.capture.attempt), before.map((one) => one.capture.attempt + (one.capture.sheet === 2 ? 1 : 0)));
  }],

  ["one side is replaced: the other of its sheet stays", { role: "operator" }, async ({ page, api, house, picture }) => {
    const before = await counting(api);
    const old = before.find((one) => one.capture.sheet === kSheets && one.capture.side === "back");
    await station(page, old.sequence);
    await page.keyboard.press("q");
    await page.waitForSelector("dialog.feeding .thumb.shown");
    await picture("scan-replace");
    putIn(house, path.join(house.paper, "spare-1.pgm"), 20);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await arrived(page, new RegExp(`sheet ${kSheets} back`));
    const after = await counting(api);
    assert.deepEqual(after.filter((one, index) => one.id !== before[index].id).map((one) => `${one.capture.sheet} ${one.capture.side}`), [`${kSheets} back`]);
  }],

  ["a sheet is put between, its blank back is set aside by itself and taken back by key; moved, and moved back", { role: "operator" }, async ({ page, api, house, picture }) => {
    const before = await counting(api);
    await station(page, before[1].sequence);
    await page.keyboard.press("i");
    await page.waitForSelector("dialog.feeding .thumb.shown");
    await picture("scan-insert");
    putIn(house, path.join(house.paper, "spare-2.pgm"), 30);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await arrived(page, new RegExp(`sheet ${kSheets + 1} front`));
    await balanced(page);
    const after = await counting(api);
    assert.deepEqual(after.map((one) => one.id).filter((_, index) => index !== 2 && index !== 3), before.map((one) => one.id));
    assert.deepEqual(after.slice(2, 4).map((one) => one.state === "blank"), [false, true]);
    await page.keyboard.press("j");
    await page.waitForFunction(() => /Not blank/.test(document.querySelector(".repair-keys")?.textContent ?? ""));
    await picture("scan-inserted");
    await repairs(page, "b", /back|restor|blank/i);
    await page.waitForFunction(() => !/Not blank/.test(document.querySelector(".repair-keys")?.textContent ?? ""));
    await repairs(page, "u", /und|back/i);

    await repairs(page, async () => {
      await page.keyboard.press("a");
      await page.waitForSelector("dialog input");
      await picture("scan-move");
      await page.locator("dialog input").fill("0");
      await page.keyboard.press("Enter");
    }, /put first/i);
    assert.deepEqual((await counting(api)).map((one) => one.id), [after[3], after[0], after[1], after[2], ...after.slice(4)].map((one) => one.id));
    await repairs(page, "u", /und|back/i);
    assert.deepEqual((await counting(api)).map((one) => one.id), after.map((one) => one.id));
  }],

  ["an answer that comes late does not put an older count back", { role: "operator" }, async ({ page, api }) => {
    let letGo, wasGiven, first = true;
    const held = new Promise((resolve) => { letGo = resolve; }), given = new Promise((resolve) => { wasGiven = resolve; });
    await page.route(/\/batches\/[^/?]+\?limit=/, async (route) => {
      if (!first) return route.continue();
      first = false;
      const response = await route.fetch({ maxRetries: 3 });  // as it was when the station asked
      await held;
      await route.fulfill({ response });
      wasGiven();
    });
    await station(page, 1);
    const { stored } = (await api("GET", `batches/${batch}`)).batch.sheets;
    await recount(page, stored + 1);
    await page.waitForTimeout(5 * kAgainMs);  // nothing else is on its way
    letGo();
    await given;
    await page.waitForTimeout(5 * kAgainMs);  // it is read by then, and would be shown
    assert.match(await page.locator(".counter dt").nth(1).textContent(), new RegExp(`of ${stored + 1} sheets`));
    await recount(page, stored);
  }],

  ["a batch whose count disagrees is not released and says why; recounted and balanced it is", { role: "operator" }, async ({ page, api, picture }) => {
    await station(page, 1);
    const { stored } = (await api("GET", `batches/${batch}`)).batch.sheets;
    await recount(page, stored + 1);
    await page.keyboard.press("l");
    await page.waitForSelector("dialog .against li");
    await axe(page, "release refused");
    await picture("scan-release-refused");
    await page.keyboard.press("Escape");
    let letGo;
    const held = new Promise((resolve) => { letGo = resolve; });
    await page.route("**/repair", async (route) => {
      const response = await route.fetch({ maxRetries: 3 });
      await held;
      await route.fulfill({ response });
    });
    await recount(page, stored);  // the station has heard of it, but not been answered
    await page.keyboard.press("l");
    await page.waitForSelector("dialog .primary:disabled");
    await page.keyboard.press("Enter");
    letGo();
    await page.waitForSelector("dialog .primary:not(:disabled)");
    await picture("scan-release");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForFunction(() => /Released/.test(document.querySelector(".station-head")?.textContent ?? ""));
    assert.equal((await api("GET", `batches/${batch}`)).batch.state, "released");
  }],

  ["files are dropped at the station, sent, taken in as a batch, and balance", { role: "operator" }, async ({ page, api, house, picture }) => {
    await page.goto("/scan");
    await page.waitForSelector(".file-drop");
    const files = ["page-0001.jpg", "page-0002.jpg"].map((name) => ({ name, bytes: readFileSync(path.join(house.samples, "batch-0005", name)).toString("base64") }));
    await page.evaluate((given) => {  // one is dropped in the middle of the screen, not on the place for it
      const dropped = new DataTransfer();
      for (const { name, bytes } of given) dropped.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
      document.querySelector("h1").dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }, files);
    await page.waitForSelector("dialog form");
    assert.match(await page.locator("dialog form").innerText(), /2 files/);
    await axe(page, "taking files in");
    await picture("scan-files");
    await page.getByLabel("Name of the batch").nth(1).fill("from the fax");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".station-head");
    await balanced(page);
    const id = new URL(page.url()).pathname.split("/")[2];
    const { batch: taken, pages } = await api("GET", `batches/${id}`);
    assert.deepEqual([taken.name, taken.ledger.fed, pages.length], ["from the fax", 2, 2]);
    await picture("scan-files-taken");
  }],

  ["the batches show ledgers that balance, and a batch its pages and the evidence on them", { role: "operator" }, async ({ page, api, picture }) => {
    await page.goto("/batches");
    await page.waitForSelector(".batches tbody");
    const { items } = await api("GET", "batches");
    assert.equal(await page.locator(".batches tbody").count(), items.length);
    for (const { ledger, name } of items)
      assert.equal(ledger.fed, ledger.filed + ledger.separators + ledger.blanks + ledger.review + ledger.rejected + ledger.superseded + ledger.waiting, name);
    await axe(page, "batches");
    await picture("batches");
    await page.goto(`/batches/${items.at(-1).id}`);
    await shown(page);
    await page.locator(".evidence button").first().hover();
    await page.waitForSelector(".mark.field.active");
    await axe(page, "a batch");
    await picture("batch");
  }],
];
