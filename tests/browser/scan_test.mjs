// The operator's day at the virtual feeder: a stack with a jam in it, mended, read, balanced and released.
import assert from "node:assert/strict";
import { axe, shown } from "./eyes.mjs";
import { kSheets, putBack } from "./house.mjs";

let batch = "";
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
    putBack(house.tray, 3);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.stopped", { state: "detached" });
    await page.waitForFunction((all) => Number(document.querySelector(".counter dd")?.textContent) >= all, 2 * kSheets);
    assert.ok((await sides(page)) >= 2 * kSheets);
    await shown(page);
    await picture("scan-live");
  }],

  ["sides are turned, parted, set aside and taken back by key; every step can be undone", { role: "operator" }, async ({ page, api }) => {
    assert.ok(batch, "the stack was fed");
    await page.goto(`/scan/${batch}`);
    await page.waitForFunction(() => document.querySelector(".verdict")?.textContent === "balances", null, { timeout: 120_000 });
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.querySelector(".side-tile[aria-pressed=true] b")?.textContent === "1");
    // A page that is being read again is left alone: the screen says so, and the operator presses once more.
    const does = async (key, words) => {
      const said = () => page.locator(".repairs .note.held").innerText({ timeout: 500 }).catch(() => "");
      for (let tries = 0; tries < 40; tries += 1) {
        await page.keyboard.press(key);
        await page.waitForTimeout(500);
        if ((await page.locator(".repairs .note.stop").count()) === 0 && new RegExp(words, "i").test(await said())) return;
      }
      assert.fail(`${key}: ${await said()} ${await page.locator(".repairs .note.stop").allInnerTexts()}`);
    };
    await does("t", "turn|rotat|90");
    await does("u", "und|back");
    await does("b", "blank|aside");
    await page.waitForFunction(() => /Not blank/.test(document.querySelector(".repair-keys")?.textContent ?? ""));
    await does("b", "blank|back|restor");
    await page.keyboard.press("j");
    await does("s", "part|split|begin|separat");
    await does("u", "und|back");
    assert.ok((await api("GET", `batches/${batch}`)).batch);
  }],

  ["a batch whose count disagrees is not released and says why; recounted and balanced it is", { role: "operator" }, async ({ page, api, picture }) => {
    assert.ok(batch, "the stack was fed");
    await page.goto(`/scan/${batch}`);
    await page.waitForFunction(() => document.querySelector(".verdict")?.textContent === "balances", null, { timeout: 120_000 });
    const recount = async (sheets) => {
      await page.keyboard.press("c");
      await page.waitForSelector("dialog input");
      await page.locator("dialog input").fill(String(sheets));
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog", { state: "detached" });
      await page.waitForFunction((n) => (document.querySelectorAll(".counter dt")[1]?.textContent ?? "").includes(`of ${n} sheets`), sheets);
    };
    await recount(kSheets + 1);
    await page.keyboard.press("l");
    await page.waitForSelector("dialog .against li");
    await axe(page, "release refused");
    await picture("scan-release-refused");
    await page.keyboard.press("Escape");
    await recount(kSheets);
    await page.keyboard.press("l");
    await page.waitForSelector("dialog .primary");
    await picture("scan-release");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForFunction(() => /Released/.test(document.querySelector(".station-head")?.textContent ?? ""));
    assert.equal((await api("GET", `batches/${batch}`)).batch.state, "released");
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
