// Looking at the screens: a real Chromium with a fresh profile, pictures of what it showed, axe, and everything it complained of.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const web = createRequire(path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../web/package.json"));
const { chromium } = web("playwright-core");
const axeSource = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");
const kRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const kFlags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const kPatience = 30_000;

export async function openEyes(pictures) {
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: kFlags });
  return {
    close: () => browser.close(),
    // A window of its own. `cookie`: a session that is there already; none: nobody is logged in.
    async window(base, { cookie, look = "light", width = 1440, height = 900, dots = 1, touch = false } = {}) {
      const context = await browser.newContext({ baseURL: base, viewport: { width, height }, deviceScaleFactor: dots, hasTouch: touch, colorScheme: look, acceptDownloads: true });
      if (cookie) await context.addCookies([{ name: "chartscan_session", value: cookie, url: base, httpOnly: true, sameSite: "Strict" }]);
      const page = await context.newPage();
      page.setDefaultTimeout(kPatience);
      const faults = [];
      watch(page, base, faults);
      return { page, context, faults, close: () => context.close() };
    },
    picture: (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`) }),
  };
}

// Anything the browser complains of, and any address that is not the server's, is a fault whatever the test looked at. The browser's
// own viewer of PDFs is made of pages within itself.
function watch(page, base, faults) {
  page.on("pageerror", (error) => faults.push(`exception in the page: ${error.message}`));
  page.on("console", (message) => {
    const refusedOnPurpose = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refusedOnPurpose) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(blob|data|chrome|chrome-extension):/.test(request.url()) && new URL(request.url()).origin !== base) faults.push(`asked elsewhere: ${request.url()}`);
  });
}

export async function axe(page, what) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), kRules);
  const said = violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
  assert.deepEqual(said, [], `axe on ${what}`);
}

export const shown = (page) => page.waitForSelector('.image[data-state="shown"]', { timeout: kPatience });
export const settled = (page) => page.waitForTimeout(250);  // the viewer's glide
export const nothingRunsOff = async (page, what) =>
  assert.ok(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), `${what}: nothing runs off the side`);

// From the press of `key` until another page's image stands painted on the canvas, in ms as the browser counts them.
export async function keyToPaint(page, key) {
  await page.evaluate(() => {
    globalThis.keyToPaint = new Promise((resolve) => {
      const image = document.querySelector(".image");
      const before = image.dataset.page;
      let pressed = 0;
      addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { capture: true, once: true });
      const look = () => {
        const now = document.querySelector(".image");
        if (pressed && now && now.dataset.page !== before && now.dataset.state === "shown") {
          // Drawn in this frame; the frame after begins when this one was painted.
          requestAnimationFrame((time) => resolve({ ms: time - pressed, page: now.dataset.page }));
          return;
        }
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  });
  await page.keyboard.press(key);
  return page.evaluate(() => globalThis.keyToPaint);
}

// Whether others keep this machine so busy that its slowest frames say nothing about the screens.
export const overloaded = () => loadavg()[0] > 2 * availableParallelism();
