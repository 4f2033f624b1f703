// Bundles the screens into build/web, where the server looks for them, or into the folder that is named:  node build.mjs [FOLDER]
// Everything is local: no address but our own.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ? path.resolve(process.argv[2]) : path.resolve(here, "../build/web");

await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, "assets"), { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: path.join(out, "assets"),
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: "es2022",
  legalComments: "none", // LICENSES.txt holds them whole
});
for (const file of ["index.html", "icon.svg"]) await copyFile(path.join(here, "src", file), path.join(out, file));

const bundled = { preact: "LICENSE" };
const licenses = Object.entries(bundled).map(async ([name, file]) =>
  `${name}\n\n${await readFile(path.join(here, "node_modules", name, file), "utf8")}`);
await writeFile(path.join(out, "LICENSES.txt"), (await Promise.all(licenses)).join("\n\n"));
