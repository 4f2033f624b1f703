// The chart: found by a misspelt name, in chart order and in another, with its reasons; refiled and taken back; who saw it; and the glass.
import assert from "node:assert/strict";
import { axe, settled, shown } from "./eyes.mjs";
import { kMrn, kSealed } from "./house.mjs";

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

  ["a chart is read in another order, which stays with the address and goes with the copy", { role: "auditor" }, async ({ page, api, picture }) => {
    await page.goto(`/chart/${kMrn}`);
    await shown(page);
    const usual = await api("GET", `charts/${kMrn}`), other = await api("GET", `charts/${kMrn}?order=court`);
    const idsOf = (chart) => chart.sections.flatMap((section) => section.documents.map((one) => `row-${one.id}`));
    const stands = (chart) => page.waitForFunction((ids) => [...document.querySelectorAll(".document")].map((one) => one.id).join() === ids, idsOf(chart).join());
    assert.deepEqual(usual.orders, [{ name: "care", documents: "newest first" }, { name: "court", documents: "oldest first" }, { name: "permanent", documents: "oldest first" }]);
    assert.notDeepEqual(idsOf(usual), idsOf(other));
    await stands(usual);
    const order = page.locator(".chart-deeds").getByLabel("Order");
    assert.deepEqual([await order.inputValue(), await order.locator("option").allInnerTexts()], ["care", ["care, newest first", "court, oldest first", "permanent, oldest first"]]);

    // By Tab and the control's own keys; the page looked at stays, and so does the focus.
    await page.keyboard.press("j");
    const looked = await page.locator(".document[aria-selected=true]").getAttribute("id");
    await page.getByRole("button", { name: "Who saw it" }).focus();
    while (!(await order.evaluate((one) => one === document.activeElement))) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await stands(other);
    assert.ok(await order.evaluate((one) => one === document.activeElement));
    assert.equal(await page.locator(".document[aria-selected=true]").getAttribute("id"), looked);
    assert.equal(new URL(page.url()).searchParams.get("order"), "court");
    await settled(page);
    await axe(page, "a chart in another order");
    await picture("chart-order");

    await page.reload();
    await stands(other);
    await page.keyboard.press("j");
    await page.waitForFunction((id) => document.querySelector(".document[aria-selected=true]")?.id !== id, looked);
    assert.equal(new URL(page.url()).searchParams.get("order"), "court", "turning leaves the order");
    await page.goBack();
    await stands(usual);
    assert.equal(await order.inputValue(), "care");
    await order.blur();
    await page.keyboard.press("r");
    await stands(other);

    await page.keyboard.press("E");
    await page.getByLabel("What").selectOption("chart");
    await page.getByLabel("Reason").fill("Court order 12/2026");
    const asked = page.waitForRequest("**/exports");
    const saved = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    assert.deepEqual((await asked).postDataJSON(), { mrn: kMrn, order: "court", purpose: "export", why: "Court order 12/2026" });
    assert.equal((await saved).suggestedFilename(), "chartscan-chart.pdf");
    const trail = await api("GET", "audit?action=export&limit=5");
    assert.ok(trail.items.some((record) => record.why === "Court order 12/2026" && record.mrns.includes(kMrn)), "it stands in the trail");
  }],

  ["an order that no longer exists is said, and the usual one is offered", { role: "auditor", look: "dark" }, async ({ page, picture }) => {
    await page.goto(`/chart/${kMrn}?order=alphabet`);
    await page.waitForSelector("text=there are care, court, permanent");
    await axe(page, "an order that does not exist");
    await picture("dark-chart-no-order");
    await page.getByRole("button", { name: "In the usual order" }).click();
    await shown(page);
    assert.equal(new URL(page.url()).search, "");
    await page.locator(".chart-deeds").getByLabel("Order").selectOption("court");
    await page.waitForFunction(() => location.search.includes("order=court"));
    await settled(page);
    await axe(page, "a chart in another order, dark");
    await picture("dark-chart-order");
  }],

  ["a document is put into another chart with a reason, and taken back; the trail tells of it", { role: "clerk" }, async ({ page, api, sessions, picture }) => {
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
    const id = (await page.locator(".note.fine").innerText()).match(/D\d{8}/)[0];
    const moved = await api("GET", `documents/${id}`);
    assert.deepEqual([moved.filed, moved.decided_by, moved.link.mrn === kMrn], [true, "clerk", false]);
    const { items: trail } = await sessions.auditor.send("GET", `audit?document=${id}&limit=20`);
    assert.ok(trail.some((record) => record.user === "clerk" && record.why === "It names the other patient" && record.mrns.includes(moved.link.mrn)), "it stands in the trail");
    await page.keyboard.press("u");
    await page.waitForFunction((n) => document.querySelectorAll(".document").length === n, before);
    assert.equal((await api("GET", `documents/${id}`)).link.mrn, kMrn);
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

  ["patients come from a file, and every line that is refused says why", { role: "clerk" }, async ({ page, api, picture }) => {
    await page.goto("/chart");
    await page.getByRole("button", { name: "Import patients" }).click();
    await page.waitForSelector("dialog .file-drop");
    await axe(page, "importing patients");
    const csv = ["mrn,family,given,dob,sex", "5550001,Quill,Imogen,1970-05-06,F", "5550002,Quill,Otto,1972-13-40,M", `${kMrn},Somebody,Else,1999-01-01,F`].join("\n");
    await page.locator("dialog input[type=file]").setInputFiles({ name: "register.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.waitForSelector("dialog .refused-lines tbody tr");
    assert.match(await page.locator("dialog .chips").innerText(), /1 added[^]*2 refused/);
    assert.equal(await page.locator("dialog .refused-lines tbody tr").count(), 2);
    await axe(page, "patients imported");
    await picture("import-patients");
    assert.equal((await api("GET", "patients?q=5550001")).items[0].name, "Quill, Imogen");
    assert.notEqual((await api("GET", `charts/${kMrn}`)).patient.name, "Somebody, Else");
  }],

  ["papers kept apart do not show: not in search, counts, chart, batch or by their number", { role: "clerk" }, async ({ page, api, sessions, picture }) => {
    const chief = sessions.chief.send;
    const { items: [sealed], total } = await chief("GET", `search?q=type:${kSealed}+mrn:${kMrn}`);
    assert.ok(total > 0, "the samples hold such a paper in this chart");
    const every = await chief("GET", `search?q=mrn:${kMrn}`);
    await page.goto("/search");
    await page.waitForSelector(".ask input:focus");
    await page.keyboard.type(`type:${kSealed}`);
    await page.waitForSelector("text=No page says this");
    await page.keyboard.press("Control+A");
    await page.keyboard.type(`mrn:${kMrn}`);
    await page.waitForFunction((n) => document.querySelector(".summary b")?.textContent.startsWith(`${n} page`), every.total - total);
    await page.waitForSelector(".facets");
    assert.ok(!(await page.locator(".facets").innerText()).includes(sealed.doc_type_name));
    await picture("search-kept-apart");
    const unseen = () => page.evaluate((id) => !document.documentElement.outerHTML.includes(id), sealed.page);
    for (const [address, there] of [[`/chart/${kMrn}`, ".document"], [`/batches/${sealed.batch}`, ".tile"]]) {
      await page.goto(address);
      await page.waitForSelector(there);
      await settled(page);
      assert.ok(await unseen(), address);
    }
    await page.goto(`/chart/${kMrn}?page=${sealed.page}`);
    await page.waitForSelector(".document");
    assert.notEqual(await page.locator(".image").getAttribute("data-page"), sealed.page);
    for (const route of [`pages/${sealed.page}`, `pages/${sealed.page}/image`, `documents/${sealed.document}`]) await assert.rejects(api("GET", route), /403.*GlassNeeded/s);
  }],

  ["who breaks the glass, with a reason, sees what was closed; the privacy officer is told at once", { role: "coder" }, async ({ page, sessions, picture }) => {
    const { items: [sealed] } = await sessions.chief.send("GET", `search?q=type:${kSealed}+mrn:${kMrn}`);
    await page.goto(`/chart/${kMrn}`);
    await shown(page);
    const before = await page.locator(".document").count();
    assert.equal(await page.locator(`#row-${sealed.document}`).count(), 0);
    await page.keyboard.press("G");
    await page.waitForSelector("dialog .primary");
    await axe(page, "breaking the glass");
    await picture("glass");
    await page.getByLabel("Reason").fill("Need");
    assert.ok(await page.locator("dialog .primary").isDisabled(), "a word is no reason");
    await page.getByLabel("Reason").fill("Emergency: the patient is being treated now");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForFunction((n) => document.querySelectorAll(".document").length === n + 1, before);
    await page.waitForSelector("text=Glass broken until");
    await page.goto(`/chart/${kMrn}?page=${sealed.page}`);
    await page.waitForSelector(`.image[data-page="${sealed.page}"][data-state="shown"]`);
    await picture("glass-broken");
    const queue = await sessions["privacy-officer"].send("GET", "glass/queue");
    assert.ok(queue.items.some((one) => one.user === "coder" && one.mrn === kMrn));
  }],
];
