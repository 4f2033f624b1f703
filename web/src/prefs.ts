// How a person likes the screens: look and keys. Kept in the browser; nothing about patients ever is.
import { useEffect, useState } from "preact/hooks";

export interface Prefs { look: "system" | "light" | "dark"; singleKeys: boolean }
const kName = "chartscan.prefs";
let prefs: Prefs = { look: "system", singleKeys: true };
try { prefs = { ...prefs, ...JSON.parse(localStorage.getItem(kName) ?? "{}") }; } catch { /* written by something else: the defaults stand */ }
const watchers = new Set<() => void>();

function show(): void {
  if (prefs.look === "system") delete document.documentElement.dataset["look"];
  else document.documentElement.dataset["look"] = prefs.look;
}
show();

export const preferences = () => prefs;
export function prefer(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  try { localStorage.setItem(kName, JSON.stringify(prefs)); } catch { /* a browser that keeps nothing: for this visit, then */ }
  show();
  for (const watcher of watchers) watcher();
}
export function usePrefs(): Prefs {
  const [shown, setShown] = useState(prefs);
  useEffect(() => {
    const update = () => setShown(prefs);
    watchers.add(update);
    return () => { watchers.delete(update); };
  }, []);
  return shown;
}
