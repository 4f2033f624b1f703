// The screens in a real Chromium over the real server: what a person of each role does in a day, on the samples and the virtual feeder.
//   node tests/browser/run.mjs --program build/release/chartscan --web build/web --work FOLDER [--samples DIR] [--pictures DIR] [--only PATTERN]
// The archive is read once for each program and kept in FOLDER. Leaves a picture of every screen, light and dark, in --pictures.
import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openEyes } from "./eyes.mjs";
import { fileOneChart, hire, openHouse } from "./house.mjs";
import * as door from "./door_test.mjs";
import * as review from "./review_test.mjs";
import * as scan from "./scan_test.mjs";
import * as search from "./search_test.mjs";
import * as chart from "./chart_test.mjs";
import * as offices from "./offices_test.mjs";
import * as looks from "./looks_test.mjs";

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values: given } = parseArgs({
  options: { program: { type: "string" }, web: { type: "string" }, work: { type: "string" }, samples: { type: "string" }, pictures: { type: "string" }, only: { type: "string" } },
});
const house = await openHouse({
  program: path.resolve(given.program), web: path.resolve(given.web ?? path.join(top, "build/web")), work: path.resolve(given.work),
  samples: path.resolve(given.samples ?? path.join(top, "samples")),
});
const eyes = await openEyes(path.resolve(given.pictures ?? path.join(given.work, "pictures")));
let failed = 0, ran = 0;
// Lanes of one shift run beside each other. The clerk's pace is measured, and searches counted, when no paper comes in any more.
const kShifts = [[[...door.tests, ...review.tests, ...chart.tests, ...offices.tests], scan.tests, looks.tests], [review.pace, search.tests]];

// `at`: role, window. The body is given the page, the API as that role, and what the house knows.
async function one(name, { role = null, ...window }, body, sessions) {
  if (given.only && !new RegExp(given.only).test(name) && body !== door.firstRun) return undefined;
  ran += 1;
  const seen = await eyes.window(house.base, { cookie: role ? sessions[role].cookie : undefined, ...window });
  const began = performance.now();
  let answer;
  try {
    answer = await body({ page: seen.page, context: seen.context, api: role ? sessions[role].send : null, house, sessions, picture: (as) => eyes.picture(seen.page, as) });
    assert.deepEqual(seen.faults, []);
    console.log(`ok      ${name}${typeof answer === "string" ? `: ${answer}` : ""}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    const said = await seen.page.locator(".note, [role=alert]").allInnerTexts().catch(() => []);
    const words = [error.message, error.stack?.match(/\w+_test\.mjs:\d+/g)?.join(" "), ...seen.faults, ...said.map((one) => `on the screen: ${one}`)];
    console.log(`FAILED  ${name}\n        ${words.filter(Boolean).join("\n").replaceAll("\n", "\n        ")}`);
    await eyes.picture(seen.page, `failed-${failed}`).catch(() => {});
  }
  await seen.close();
  return answer;
}

try {
  // The first administrator lets the others in; then everybody works at the same time, as in a day.
  const administrator = await one("the first administrator is made at the door", {}, door.firstRun);
  if (administrator) {
    const sessions = await hire(house.base, administrator);
    await fileOneChart(sessions.chief);
    for (const shift of kShifts) await Promise.all(shift.map(async (tests) => { for (const [name, at, body] of tests) await one(name, at, body, sessions); }));
  }
} finally {
  await eyes.close();
  await house.stop();
}
console.log(`${ran - failed} of ${ran} passed`);
process.exitCode = failed ? 1 : 0;
