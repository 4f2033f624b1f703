// The manager's, the auditor's and the administrator's desks: dashboard, privacy queue, trail, users and tokens.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { axe } from "./eyes.mjs";
import { kSheets } from "./house.mjs";

export const tests = [
  ["the dashboard shows figures with shape, and its numbers lead to their lists", { role: "chief" }, async ({ page, api, picture }) => {
    await page.goto("/dashboard");
    await page.waitForSelector(".plot svg");
    const number = (text) => Number(text.replace(/\D/g, ""));
    const waiting = number(await page.locator(".tile-card b").nth(2).innerText());
    const reasons = (await page.locator(".plots .bars b").allInnerTexts()).map(number);
    assert.equal(waiting, reasons.reduce((sum, one) => sum + one, 0), "the reasons add up to the number");
    assert.ok(number(await page.locator(".tile-card b").first().innerText()) >= (await api("GET", "status")).ledger.fed - 2 * 2 * kSheets, "today's pages; the figures are some seconds old");
    assert.equal(await page.locator(".plot").first().locator("rect").count(), 3 * 30);
    await axe(page, "the dashboard");
    await picture("dashboard");
    await page.getByRole("link", { name: /Wait for a person/ }).click();
    await page.waitForSelector(".review-head");
  }],

  ["the privacy officer judges a broken glass", { role: "privacy-officer" }, async ({ page, api, picture }) => {
    await page.goto("/privacy");
    await page.waitForSelector(".glass-row");
    await axe(page, "the privacy queue");
    await picture("privacy");
    await page.keyboard.press("y");
    await page.waitForSelector("dialog input");
    await page.keyboard.type("Confirmed with the ward");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /was right/.test(document.querySelector(".glass-row")?.textContent ?? ""));
    assert.equal((await api("GET", "glass/queue")).items.length, 0);
  }],

  ["the trail is filtered, its chain is checked, and it is saved as CSV", { role: "auditor" }, async ({ page, picture }) => {
    await page.goto("/audit");
    await page.waitForSelector(".table tbody tr");
    await axe(page, "the audit trail");
    await picture("audit");
    await page.getByLabel("User", { exact: true }).fill("clerk");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => [...document.querySelectorAll(".table tbody tr td:nth-child(3)")].every((cell) => cell.textContent === "clerk"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("v");
    await page.waitForSelector("text=unbroken");
    await picture("audit-verified");
    const [saved] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("E")]);
    assert.ok(readFileSync(await saved.path(), "utf8").split("\n").length > 3);
  }],

  ["an account is made, given a role, switched off; a token is shown once and revoked", { role: "administrator" }, async ({ page, api, picture }) => {
    await page.goto("/users");
    await page.waitForSelector(".user-row");
    await axe(page, "users");
    await picture("users");
    await page.keyboard.press("n");
    await page.waitForSelector("dialog form");
    await page.getByLabel("Name to log in with").fill("temp");
    await page.getByLabel("Full name").fill("A temporary clerk");
    await page.getByLabel("First password").fill("a long first password");
    await page.locator("dialog .check", { hasText: "Records clerk" }).locator("input").check();
    await axe(page, "a new user");
    await picture("users-new");
    await page.locator("dialog .primary").click();
    await page.waitForSelector("#row-temp");
    await page.locator("#row-temp").click();
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.waitForFunction(() => /switched off/.test(document.querySelector("#row-temp")?.textContent ?? ""));
    assert.ok((await api("GET", "users")).items.find((one) => one.name === "temp").disabled);

    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("For which program").fill("nightly");
    await page.locator("dialog .check", { hasText: "audit-read" }).first().locator("input").check();
    await page.locator("dialog .primary").click();
    await page.waitForSelector("dialog .secret");
    assert.ok((await page.locator("dialog .secret").innerText()).length > 20);
    await picture("users-token");
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=nightly");
    await page.getByRole("button", { name: "Revoke" }).first().click();
    await page.waitForFunction(() => !document.querySelector(".tokens")?.textContent.includes("nightly"));
  }],

  ["every stored byte is checked from the screen, and the index is put in order", { role: "administrator" }, async ({ page, picture }) => {
    await page.goto("/upkeep");
    await page.waitForSelector("text=The index is whole");
    const outcome = (row) => page.waitForFunction((at) => document.querySelectorAll(".upkeep tbody tr")[at]?.querySelector(".chip.fine"), row);
    await page.keyboard.press("v");
    await page.waitForSelector(".upkeep tbody tr");
    await outcome(0);
    assert.match(await page.locator(".upkeep tbody tr").first().innerText(), /no fault/);
    await page.keyboard.press("t");
    await page.waitForFunction(() => document.querySelectorAll(".upkeep tbody tr").length === 2);
    await outcome(0);
    await axe(page, "upkeep");
    await picture("upkeep");
  }],
];
