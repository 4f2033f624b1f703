// The address bar as state: which screen, which question, which page. Every view can be linked to and gone back from.
import { useEffect, useState } from "preact/hooks";

export interface Route { path: string[]; query: URLSearchParams }

const kChanged = "chartscan:route";

function current(): Route {
  const path = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const update = () => setRoute(current());
    addEventListener("popstate", update);
    addEventListener(kChanged, update);
    return () => { removeEventListener("popstate", update); removeEventListener(kChanged, update); };
  }, []);
  return route;
}

export function go(address: string, how: "push" | "replace" = "push"): void {
  if (address === location.pathname + location.search) return;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  dispatchEvent(new Event(kChanged));
}

// "/chart/A%2F1?page=P1"; empty values are left out.
export function address(path: string[], query: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return "/" + path.map(encodeURIComponent).join("/") + (text ? "?" + text : "");
}
