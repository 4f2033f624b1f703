// What the screens are tried on: an archive of the samples in which nothing was linked automatically, so that the clerk has a full
// queue; a tray of paper in the virtual feeder; the server; and one user of each role.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

export const kRoles = ["operator", "clerk", "coder", "auditor", "privacy-officer", "manager", "administrator"];
// Besides one user of each role, the chief has all of them: for what is looked at on every screen.
export const kMrn = "4051873";  // Hargrove, the patient with the most documents in the samples
export const kSheets = 4;       // in the tray; the third jams
export const kSealed = "ecg";   // a type that is kept apart: only those with all classes may open it
export const password = (name) => `a sentence of number ${[...kRoles, "chief"].indexOf(name) + 1}`;  // a name in it would be refused
const kPatience = 60_000;
const kSpare = 2;  // pages that are not in the tray at first

// 0 = done, 1 = done but some pages need a person.
function run(program, words) {
  try {
    return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if (error.status !== 1) throw new Error(`chartscan ${words[0]} ended with ${error.status}: ${error.stderr}`);
    return error.stdout;
  }
}

// Read once and kept beside the work folder for as long as the program is the same; every run gets a copy of its own.
function freshArchive({ program, samples, work }) {
  const kept = path.join(work, "kept"), archive = path.join(work, "archive"), done = path.join(kept, "done");
  if (!existsSync(done) || statSync(done).mtimeMs < statSync(program).mtimeMs) {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
    const there = ["--archive", path.join(kept, "archive")];
    run(program, ["patients", "import", path.join(samples, "patients.csv"), ...there]);
    run(program, ["audit-links", "stop", "--by", "the browser's test", ...there]);
    run(program, ["ingest", samples, ...there]);
    writeFileSync(done, "");
  }
  rmSync(archive, { recursive: true, force: true });
  cpSync(path.join(kept, "archive"), archive, { recursive: true });
  return archive;
}

// A sample's pages as fronts and backs of sheets; the back of the third jams in the middle. Two more pages lie beside the tray.
function loadTray({ samples, work }) {
  const tray = path.join(work, "tray"), paper = path.join(work, "paper");
  for (const folder of [tray, paper]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(tray, "sane.d"), { recursive: true });
  mkdirSync(paper);
  writeFileSync(path.join(tray, "sane.d", "dll.conf"), "vadf\n");
  execFileSync("pdftoppm", ["-gray", "-r", "300", "-l", String(2 * kSheets + kSpare), path.join(samples, "batch-0004.pdf"), path.join(paper, "page")]);
  const pages = readdirSync(paper).sort();
  pages.slice(0, 2 * kSheets).forEach((name, side) => renameSync(path.join(paper, name), path.join(tray, `${String(1 + (side >> 1)).padStart(4, "0")}-${side % 2 ? "back" : "front"}.pgm`)));
  pages.slice(2 * kSheets).forEach((name, at) => renameSync(path.join(paper, name), path.join(paper, `spare-${at + 1}.pgm`)));
  writeFileSync(path.join(tray, "0003-back.pnm.fault"), "jam 60\n");
  return { tray, paper };
}

// What the operator does at the feeder. Sheets that went through already go back onto the tray, from one number to another;
// a sheet from elsewhere goes on top of what lies there; and something can be wrong with it.
export function putBack({ tray }, first, last = 9999) {
  for (const name of existsSync(path.join(tray, "out")) ? readdirSync(path.join(tray, "out")) : [])
    if (Number(name.slice(0, 4)) >= first && Number(name.slice(0, 4)) <= last) renameSync(path.join(tray, "out", name), path.join(tray, name));
}
export const putIn = ({ tray }, file, sheet) => copyFileSync(file, path.join(tray, `${String(sheet).padStart(4, "0")}-front.pgm`));
export const jam = ({ tray }, sheet) => writeFileSync(path.join(tray, `${String(sheet).padStart(4, "0")}-front.pnm.fault`), "jam 40\n");

export async function openHouse(given) {
  mkdirSync(given.work, { recursive: true });
  const archive = freshArchive(given), { tray, paper } = loadTray(given);
  const config = path.join(given.work, "chartscan.toml");
  writeFileSync(config, `web_root = '${given.web}'\n[access.sensitivity]\n${kSealed} = 'heart'\n[chart.orders.court]\ndocuments = 'oldest first'\nsections = ['Correspondence', 'Progress notes']\n[profiles.charts]\ndevice = 'sane:vadf:${tray}'\nsource = 'adf-duplex'\ndpi = 300\nmode = 'gray'\n`);
  const server = spawn(given.program, ["serve", "--archive", archive, "--config", config, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SANE_CONFIG_DIR: path.join(tray, "sane.d"), LD_LIBRARY_PATH: path.join(path.dirname(given.program), "sane"), VADF_TRAYS: tray },
  });
  const { base, code } = await started(server);
  const stop = () => new Promise((ended) => { server.once("exit", ended); server.kill("SIGTERM"); });
  return { base, code, tray, paper, archive, samples: given.samples, stop };
}

// The server says its address, and at the first run the code that makes the first administrator.
function started(server) {
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => reject(new Error(`the server did not start: ${said}`)), kPatience);
    server.on("exit", (status) => reject(new Error(`the server ended with ${status}: ${said}`)));
    const hear = (bytes) => {
      said += bytes;
      const url = said.match(/http:\/\/127\.0\.0\.1:\d+/), code = said.match(/setup\?code=([^\s]+)/);
      if (!url || !code) return;
      clearTimeout(late);
      server.removeAllListeners("exit");
      resolve({ base: url[0], code: code[1] });
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
  });
}

// One session by name and password, for the API. `send` answers the response's JSON, and throws on a refusal.
export async function session(base, name, word) {
  const login = await fetch(`${base}/api/v1/session`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name, password: word }) });
  if (!login.ok) throw new Error(`${name} cannot log in: ${login.status} ${await login.text()}`);
  return sessionOf(base, login);
}

// Each request on a connection of its own: the server lets go of those that nobody uses, and one may be taken up in that moment.
async function sessionOf(base, login) {
  const cookie = login.headers.getSetCookie().find((one) => one.startsWith("chartscan_session="))?.split(";")[0] ?? "";
  const { csrf } = await login.json();
  const send = async (method, route, body) => {
    const response = await fetch(`${base}/api/v1/${route}`, {
      method, headers: { Cookie: cookie, Connection: "close", ...(method === "GET" ? {} : { "X-CSRF-Token": csrf, "Content-Type": "application/json" }) }, body: body ? JSON.stringify(body) : undefined,
    });
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  return { cookie: cookie.split("=").slice(1).join("="), send };
}

// Everybody but the administrator, who was made at the door, gets an account; a first password is good for one login.
export async function hire(base, administrator) {
  const sessions = { administrator };
  for (const name of [...kRoles.filter((one) => one !== "administrator"), "chief"]) {
    const first = "good for one login";
    await administrator.send("POST", "users", { name, full_name: `The ${name}`, roles: name === "chief" ? kRoles : [name], password: first });
    const begun = await session(base, name, first);
    await begun.send("POST", "session/password", { old: first, new: password(name) });
    sessions[name] = await session(base, name, password(name));
  }
  return sessions;
}

// One chart is filed from the start, so that every test can be run by itself; by whoever may open all of it.
export async function fileOneChart(chief) {
  const { items } = await chief.send("GET", "review?limit=200");
  for (const { id } of items.filter((one) => one.link.mrn === kMrn)) await chief.send("POST", `documents/${id}/accept`, {});
}
