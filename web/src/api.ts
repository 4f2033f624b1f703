// The way to the server: one place that asks, that proves who we are (the CSRF token), and that says in words what went wrong.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Box, ImageKind, Right } from "./shapes";
import { forScreens } from "./words";

export * from "./shapes";

const kRoot = "/api/v1";

// What the server answered when it could not do as asked: RFC 9457. `right` is the right that is missing (403).
export class Problem extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly retry: boolean, readonly right: Right | null = null,
              readonly reasons: string[] = []) {
    super(detail || title);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
// `background`: nobody asked for it just now; the server does not count it as a sign of life.
interface Asking { body?: unknown; signal?: AbortSignal; background?: boolean }

let csrf = "";
export const setCsrf = (token: string | null) => { csrf = token ?? ""; };

// The session listens to both: a request that the user made puts the logoff off; a 401 means that there is no session any more.
const listeners = { asked: () => {}, loggedOut: () => {} };
export const onTraffic = (asked: () => void, loggedOut: () => void) => { listeners.asked = asked; listeners.loggedOut = loggedOut; };

export async function ask(method: Method, path: string, { body, signal, background = false }: Asking = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  const bytes = body instanceof Blob;  // of a file, as they are
  if (method !== "GET") {
    headers["X-CSRF-Token"] = csrf;
    headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  }
  if (background) headers["X-Background"] = "1";
  let response: Response;
  try {
    response = await fetch(path, { method, headers, signal, body: method === "GET" ? undefined : bytes ? body : JSON.stringify(body ?? {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "the server does not answer", "Nothing that was stored is lost. The screens go on by themselves as soon as the server is there again.", true);
  }
  if (response.ok) {
    if (!background) listeners.asked();
    return response;
  }
  const said = await response.json().catch(() => ({}));
  if (response.status === 401 && !(path === paths.session)) listeners.loggedOut();
  throw new Problem(response.status, said.title ?? response.statusText, forScreens(said.detail ?? ""), said.retry ?? false, said.right ?? null,
    (said.reasons ?? []).map(forScreens));
}

async function json<T>(response: Response): Promise<T> { return response.status === 204 ? (null as T) : ((await response.json()) as T); }

export const get = async <T>(path: string, asking?: Asking) => json<T>(await ask("GET", path, asking));
export const post = async <T>(path: string, body: unknown = {}, asking?: Asking) => json<T>(await ask("POST", path, { ...asking, body }));
export const put = async <T>(path: string, bytes: Blob, asking?: Asking) => json<T>(await ask("PUT", path, { ...asking, body: bytes }));
export const patch = async <T>(path: string, body: unknown) => json<T>(await ask("PATCH", path, { body }));
export const remove = async (path: string) => { await ask("DELETE", path); };

export interface Loaded<T> { data: T | null; problem: Problem | null; loading: boolean; retry: () => void; reload: () => void }

// Loads `path` (null: nothing) and again whenever it changes. What was loaded before stays in `data` until the new is
// there only with `keep`; never show a page's facts with it that belong to another page. `everyMs`: again and again in the background.
export function useApi<T>(path: string | null, keep = false, everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; problem: Problem | null }>({ path: null, data: null, problem: null });
  const [attempt, setAttempt] = useState(0);
  const last = useRef<T | null>(null);
  const background = useRef(false);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const asking = { signal: abort.signal, background: background.current };
    background.current = false;
    get<T>(path, asking).then(
      (data) => { last.current = data; setState({ path, data, problem: null }); },
      (error) => { if (!abort.signal.aborted) setState((old) => ({ path, data: asking.background && old.path === path ? old.data : null, problem: error as Problem })); },
    );
    return () => abort.abort();
  }, [path, attempt]);
  const reload = () => { background.current = true; setAttempt((n) => n + 1); };
  useEffect(() => {
    if (!everyMs || path === null) return;
    const timer = setInterval(() => { if (!document.hidden) reload(); }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, path]);
  const current = state.path === path;
  const data = path === null ? null : current ? state.data : keep ? last.current : null;
  const retry = () => { setState({ path: null, data: null, problem: null }); setAttempt((n) => n + 1); };
  return { data, problem: current && path !== null ? state.problem : null, loading: path !== null && !current, retry, reload };
}

export interface Listed<T, A> {
  items: T[]; answer: A | null; problem: Problem | null; loading: boolean; more: (() => void) | null; retry: () => void; reload: () => void;
}

// A list paged by cursor: the first answer and what `more` added to it.
export function useList<T, A extends { next: string | null }>(path: string | null, items: (answer: A) => T[], keep = false): Listed<T, A> {
  const first = useApi<A>(path, keep);
  const [tail, setTail] = useState<{ of: A | null; answers: A[] }>({ of: null, answers: [] });
  const [problem, setProblem] = useState<Problem | null>(null);
  const answers = first.data === null ? [] : tail.of === first.data ? [first.data, ...tail.answers] : [first.data];
  const next = answers[answers.length - 1]?.next ?? null;
  const busy = useRef(false);
  const more = () => {
    if (!path || !next || busy.current) return;
    busy.current = true;
    const address = `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next)}`;
    get<A>(address)
      .then((answer) => { setTail({ of: first.data, answers: [...answers.slice(1), answer] }); setProblem(null); }, (error) => setProblem(error))
      .finally(() => { busy.current = false; });
  };
  return {
    items: answers.flatMap(items), answer: first.data, problem: first.problem ?? problem, loading: first.loading,
    more: next && !first.loading ? more : null, retry: first.retry, reload: first.reload,
  };
}

export interface Doing { busy: boolean; problem: Problem | null; run: (work: () => Promise<unknown>) => Promise<boolean>; clear: () => void }

// One deed at a time, with its trouble in words. `run` answers whether it went well.
export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const run = async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    try {
      await work();
      setProblem(null);
      return true;
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, "this did not work", String(error), false));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(null) };
}

const part = encodeURIComponent;
// "?a=1&b=2"; empty values are left out.
function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) search.set(name, value === true ? "1" : String(value));
  const text = search.toString();
  return text ? "?" + text : "";
}

export const paths = {
  session: `${kRoot}/session`, extend: `${kRoot}/session/extend`, password: `${kRoot}/session/password`, setup: `${kRoot}/setup`,
  status: `${kRoot}/status`, events: `${kRoot}/events`,
  search: (q: string, options: { limit: number; group?: string; sort?: string; facets?: boolean; mrn?: string }) => `${kRoot}/search${query({ q, ...options })}`,
  searches: `${kRoot}/searches`, savedSearch: (id: string) => `${kRoot}/searches/${part(id)}`, exports: `${kRoot}/exports`,
  findPatients: (q: string) => `${kRoot}/patients${query({ q, limit: 20 })}`,
  chart: (mrn: string, order = "") => `${kRoot}/charts/${part(mrn)}${query({ order })}`,
  accesses: (mrn: string) => `${kRoot}/charts/${part(mrn)}/accesses?limit=100`,
  batches: `${kRoot}/batches`,
  batch: (id: string, limit = 200) => `${kRoot}/batches/${part(id)}?limit=${limit}`,
  batchEvents: (id: string) => `${kRoot}/batches/${part(id)}/events`,
  batchDo: (id: string, what: "repair" | "rescan" | "insert" | "release") => `${kRoot}/batches/${part(id)}/${what}`,
  devices: `${kRoot}/devices`, profiles: `${kRoot}/profiles`, scans: `${kRoot}/scans`, scan: (id: string) => `${kRoot}/scans/${part(id)}`, stopScan: (id: string) => `${kRoot}/scans/${part(id)}/stop`,
  uploads: `${kRoot}/uploads`, upload: (id: string) => `${kRoot}/uploads/${part(id)}`, takeIn: (id: string) => `${kRoot}/uploads/${part(id)}/ingest`,
  piece: (id: string, name: string, offset: number) => `${kRoot}/uploads/${part(id)}/file?name=${part(name)}&offset=${offset}`,
  importPatients: `${kRoot}/patients/import`, upkeep: `${kRoot}/upkeep`,
  review: (queue: string, order: string) => `${kRoot}/review${query({ queue, order, limit: 1 })}`,
  nextReview: (queue: string, order: string, after = "") => `${kRoot}/review/next${query({ queue, order, after })}`,
  reviewItem: (document: string, queue: string, order: string) => `${kRoot}/review/item${query({ document, queue, order })}`,
  types: `${kRoot}/types`,
  document: (id: string) => `${kRoot}/documents/${part(id)}`,
  documentDo: (id: string, what: "accept" | "decide" | "split" | "join" | "hold" | "undo") => `${kRoot}/documents/${part(id)}/${what}`,
  page: (id: string) => `${kRoot}/pages/${part(id)}`,
  crop: (page: string, box: Box, width: number) => `${kRoot}/pages/${part(page)}/image?box=${box.join(",")}&width=${width}`,
  image: (page: string, kind: ImageKind, width = 0) => `${kRoot}/pages/${part(page)}/image?kind=${kind}${width ? `&width=${width}` : ""}`,
  dashboard: `${kRoot}/dashboard`,
  audit: (filter: Record<string, string>) => `${kRoot}/audit${query({ ...filter, limit: 100 })}`,
  auditExport: (filter: Record<string, string>, format: string) => `${kRoot}/audit/export${query({ ...filter, format })}`,
  auditVerify: `${kRoot}/audit/verify`,
  users: `${kRoot}/users`, user: (name: string) => `${kRoot}/users/${part(name)}`,
  userDo: (name: string, what: "password" | "unlock" | "revoke") => `${kRoot}/users/${part(name)}/${what}`,
  roles: `${kRoot}/roles`, tokens: `${kRoot}/tokens`, token: (id: string) => `${kRoot}/tokens/${part(id)}`,
  glass: `${kRoot}/glass`, glassQueue: `${kRoot}/glass/queue?all=1`, verdict: (id: number) => `${kRoot}/glass/${id}/verdict`,
};

// A file that the server made, handed to the browser's downloads.
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
