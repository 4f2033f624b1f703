// The chart: found by a misspelt name, in chart order, with its reasons; refiled and taken back; who saw it; and the glass.
import assert from "node:assert/strict";
import { axe, settled, shown } from "./eyes.mjs";
import { kMrn } from "./house.mjs";

export const tests = [
  ["a chart is found by a misspelt name and opened with Enter, in chart order", { role: "clerk" }, async ({ page, api, picture }) => {
    await page.goto("/chart");
    await page.waitForSelector(".finder input:focus");
    await page.keyboard.type("walter hargrve");
    await page.waitForSelector(`#row-${kMrn}`);
    await axe(page, "finding a chart");
    await picture("find-a-chart");
    await page.waitForTimeout(300);
    for (let row = 0; row < 5 && (await page.locator(`#row-${kMrn}[aria-selected=true]`).count()) === 0; row += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".identity h1");
    const chart = await api("GET", `charts/${kMrn}`);
    assert.equal(await page.locator(".identity h1").innerText(), chart.patient.name);
    assert.equal(await page.locator(".document").count(), chart.sections.flatMap((section) => section.documents).length);
    assert.deepEqual(await page.locator(".tab > h2").evaluateAll((all) => all.map((one) => one.firstChild.textContent)), chart.sections.map((section) => section.name));
    await shown(page);
    await page.keyboard.press("y");
    await page.waitForSelector(".reasons");
    await settled(page);
    await axe(page, "a chart");
    await picture("chart");
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowRight");
    await shown(page);
  }],

  ["a document is put into another chart with a reason, and taken back", { role: "clerk" }, async ({ page, api, picture }) => {
    await page.goto(`/chart/${kMrn}`);
    await shown(page);
    const count = () => page.locator(".document").count();
    const before = await count();
    await page.keyboard.press("f");
    await page.waitForSelector("dialog .finder input:focus");
    await page.keyboard.type("abernathy");
    await page.waitForSelector("dialog .patient");
    await page.waitForTimeout(300);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog .from-to");
    await picture("chart-refile");
    await page.getByLabel("Reason").fill("It names the other patient");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".note.fine");
    await page.waitForFunction((n) => document.querySelectorAll(".document").length === n - 1, before);
    await page.keyboard.press("u");
    await page.waitForFunction((n) => document.querySelectorAll(".document").length === n, before);
    void api;
  }],

  ["who saw the chart is one key away", { role: "auditor" }, async ({ page, picture }) => {
    await page.goto(`/chart/${kMrn}`);
    await shown(page);
    await page.keyboard.press("a");
    await page.waitForSelector("dialog .table tbody tr");
    assert.ok((await page.locator("dialog .table tbody").innerText()).includes("clerk"));
    await axe(page, "who saw this chart");
    await picture("chart-accesses");
  }],

  ["the glass is broken with a reason, and the privacy officer is told at once", { role: "clerk" }, async ({ page, api, sessions, picture }) => {
    await page.goto(`/chart/${kMrn}`);
    await shown(page);
    await page.keyboard.press("G");
    await page.waitForSelector("dialog .primary");
    await axe(page, "breaking the glass");
    await picture("glass");
    await page.getByLabel("Reason").fill("Emergency: the patient is being treated now");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    const queue = await sessions["privacy-officer"].send("GET", "glass/queue");
    assert.ok(queue.items.some((one) => one.user === "clerk" && one.mrn === kMrn));
    void api;
  }],
];
