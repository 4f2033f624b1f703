// Coming in, staying, going: the first run, login, the idle logoff with its warning, what is closed, and what happens when the server is gone.
import assert from "node:assert/strict";
import { axe } from "./eyes.mjs";
import { password, session } from "./house.mjs";

export async function firstRun({ page, house, picture }) {
  await page.goto(`/setup?code=${house.code}`);
  await page.waitForSelector("text=The first administrator");
  await page.getByLabel("Name to log in with").fill("administrator");
  await page.getByLabel("Full name").fill("The administrator");
  await page.getByLabel("New password").fill(password("administrator"));
  await page.getByLabel("Once more").fill(password("administrator"));
  await axe(page, "the first run");
  await picture("first-run");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".top nav");
  return session(house.base, "administrator", password("administrator"));
}

export const tests = [
  ["who logs in with a wrong password is told so, and with the right one comes to where their day begins", {}, async ({ page, picture }) => {
    await page.goto("/");
    await page.waitForSelector("text=Log in");
    assert.ok(await page.evaluate(() => document.querySelector(".door input") !== null));
    await axe(page, "login");
    await picture("login");
    await page.getByLabel("Name").fill("clerk");
    await page.getByLabel("Password").fill("not the password");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".note.stop");
    await page.getByLabel("Password").fill(password("clerk"));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".review-head");
    assert.equal(new URL(page.url()).pathname, "/review");
    await page.keyboard.press("g");
    await page.keyboard.press("x");
    await page.waitForSelector("text=Log in");
  }],

  ["the navigation holds what the role may open, and no more", { role: "operator" }, async ({ page }) => {
    await page.goto("/");
    await page.waitForSelector(".top nav a");
    const names = await page.locator(".top nav a").allInnerTexts();
    assert.ok(names.some((name) => name.startsWith("Scan")) && names.some((name) => name.startsWith("Batches")), names.join());
    assert.ok(!names.some((name) => /Users|Audit|Dashboard|Review/.test(name)), names.join());
    await page.goto("/users");
    await page.waitForSelector("text=This screen is not open to you");
    await axe(page, "a closed screen");
  }],

  ["before the idle logoff one is warned and stays with one key; after it the patient's data are gone from the screen", { role: "clerk" }, async ({ page, picture }) => {
    let left = 50;
    await page.route("**/api/v1/session", async (route) => {
      if (route.request().method() !== "GET") return route.continue();
      const response = await route.fetch({ maxRetries: 3 });  // on a line that the server may just let go of
      const body = await response.json();
      await route.fulfill({ response, json: left > 0 ? { ...body, idle_left_s: left, idle_warn_s: 60 } : { ...body, user: null, csrf: null } });
    });
    await page.goto("/review");
    await page.waitForSelector("dialog.warning");
    await axe(page, "the idle warning");
    await picture("idle-warning");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog.warning", { state: "detached" });
    left = 4;
    await page.reload();
    await page.waitForSelector("dialog.warning");
    left = 0;
    await page.waitForSelector("text=You were logged off");
    assert.equal(await page.locator(".image, .candidate").count(), 0);
    await picture("logged-off");
  }],

  ["a server that is gone is told of, and the screen goes on when it is back", { role: "clerk" }, async ({ page, context, picture }) => {
    await page.goto("/chart");
    await page.waitForSelector(".finder input");
    await context.setOffline(true);
    await page.keyboard.type("smith");
    await page.waitForSelector("text=The server does not answer");
    await picture("offline");
    await context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForSelector(".patient, .state");
  }],
];
