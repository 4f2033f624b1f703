// The address bar as state: which screen, which chart, which page, by their ids. What a person asked for (words, names) is kept in
// the history's entry instead, so that it comes back with "back" and never stands in an address.
import { useLayoutEffect, useState } from "preact/hooks";

export type Kept = Record<string, string>;
export interface Route { path: string[]; query: URLSearchParams; kept: Kept }

const kChanged = "chartscan:route";

function current(): Route {
  const path = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search), kept: (history.state as Kept | null) ?? {} };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useLayoutEffect(() => {
    const update = () => setRoute(current());
    addEventListener("popstate", update);
    addEventListener(kChanged, update);
    return () => { removeEventListener("popstate", update); removeEventListener(kChanged, update); };
  }, []);
  return route;
}

export function go(address: string, how: "push" | "replace" = "push", kept: Kept = {}): void {
  const same = address === location.pathname + location.search;
  if (same && JSON.stringify(history.state ?? {}) === JSON.stringify(kept)) return;
  if (how === "push") history.pushState(kept, "", address);
  else history.replaceState(kept, "", address);
  dispatchEvent(new Event(kChanged));
}

// "/chart/A%2F1?page=P1"; empty values are left out.
export function address(path: string[], query: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return "/" + path.map(encodeURIComponent).join("/") + (text ? "?" + text : "");
}

// For a link that is also a key's deed: opens in place, but a new tab when asked for one.
export const follow = (path: string, kept: Kept = {}) => (event: MouseEvent) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(path, "push", kept);
};
