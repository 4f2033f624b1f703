// The HTTP API, typed. Everything the screens know comes through here.
import { useEffect, useRef, useState } from "preact/hooks";

export type Box = [x0: number, y0: number, x1: number, y1: number];
export type Size = [width: number, height: number];
export type ImageKind = "upright" | "delivered";

export interface Finding { code: string; detail: string; score: number }
export interface Patient { mrn: string; name: string; dob: string | null; sex: string | null }
export interface Ledger {
  fed: number; filed: number; separators: number; blanks: number; review: number; rejected: number; superseded: number;
  waiting: number; balances: boolean;
}
export interface Status { archive: string; batches: number; ledger: Ledger }

export interface Boxed { upright: Box; delivered: Box }
export interface HitBox extends Boxed { word: string }
export interface SearchItem {
  page: string; batch: string; document: string | null; page_number: number; pages_in_document: number;
  doc_type: string; doc_type_name: string; service_date: string | null; patient: Patient | null; link_status: string;
  file: string; score: number; snippet: { text: string; hit: boolean }[]; boxes: HitBox[];
  upright_size: Size; delivered_size: Size;
}
export interface SearchAnswer { total: number; notes: string[]; items: SearchItem[]; next: string | null }

export interface LinkReason { field: string; agreement: "agrees" | "close" | "disagrees" | "missing"; weight: number; detail: string }
export interface Link { status: string; mrn: string | null; confidence: number; reasons: LinkReason[] }
export interface ChartDocument {
  id: string; batch: string; pages: string[]; type: string; type_name: string; type_confidence: number;
  service_date: string | null; author: string | null; link: Link; filed: boolean; findings: Finding[]; decided_by: string | null;
}
export interface Chart { patient: Patient; sections: { name: string; documents: ChartDocument[] }[] }

export interface Batch {
  id: string; name: string; source: string; device: string | null; operator: string | null; state: string;
  expected_pages: number | null; expected_sheets: number | null;
  stop: { reason: string; message: string; advice: string; stands: boolean } | null; suspect_sheets: number[];
  gaps?: string[]; against_release?: string[]; sheets?: { stored: number };
  opened_at: number | null; closed_at: number | null; findings: Finding[];
  refused: { file: string; page: number | null; message: string }[]; ledger: Ledger;
}
export interface Thumbnail {
  id: string; sequence: number; state: string; findings: Finding[]; blank: boolean; separator: boolean;
  document: string | null; duplicate_of: string | null; upright_size: Size; delivered_size: Size;
}
export interface BatchPages { batch: Batch; pages: Thumbnail[]; next: string | null }

export interface PageField extends Boxed { kind: string; value: string; confidence: number; source: string }
export interface Barcode extends Boxed { payload: string; format: string }
export interface Cue extends Boxed {
  kind: "check-box" | "signature" | "electronic-signature" | "date" | "stamp" | "handwriting";
  state: "absent" | "present" | "unsure"; confidence: number; label: string | null; value: string | null; written: "unknown" | "print" | "pen";
}
// Shares of white, gray levels, edges' steepness, share of the width, inches: see docs/findings.md.
export interface PageQuality {
  paper: number; ink_level: number; contrast: number; noise: number; sharpness: number; skew_confidence: number; streak: number; streak_at: number;
  cut_off_inches: number; ink: number;
}
export interface PageRecord extends Thumbnail {
  batch: string; file: string; page_index: number; media: string; sha256: string; rejected_because: string | null;
  dpi: Size; rotation: number; skew_deg: number; text_confidence: number; words_found: number; quality: PageQuality; separator_kind: string;
  types: { type: string; name: string; confidence: number }[]; fields: PageField[]; barcodes: Barcode[]; cues: Cue[];
  signature_line: boolean; signature: boolean; stamps: { name: string; version: number; settings: string }[];
  in_document: null | {
    id: string; type: string; type_name: string; type_confidence: number; service_date: string | null;
    page_number: number; pages: number; filed: boolean; link: Link; findings: Finding[];
  };
}

// What the server answered when it could not do as asked: RFC 9457.
export class Problem extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly retry: boolean) {
    super(detail || title);
  }
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem(0, "the server does not answer", "Is `chartscan serve` still running on this machine?", true);
  }
  if (response.ok) return (await response.json()) as T;
  const body = await response.json().catch(() => ({}));
  throw new Problem(response.status, body.title ?? response.statusText, body.detail ?? "", body.retry ?? false);
}

export interface Loaded<T> { data: T | null; problem: Problem | null; loading: boolean; retry: () => void }

// Loads `path` (null: nothing) and again whenever it changes. What was loaded before stays in `data` until the new is
// there only with `keep`; never show a page's facts with it that belong to another page.
export function useApi<T>(path: string | null, keep = false): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; problem: Problem | null }>({ path: null, data: null, problem: null });
  const [attempt, setAttempt] = useState(0);
  const last = useRef<T | null>(null);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    get<T>(path, abort.signal).then(
      (data) => { last.current = data; setState({ path, data, problem: null }); },
      (error) => { if (!abort.signal.aborted) setState({ path, data: null, problem: error as Problem }); },
    );
    return () => abort.abort();
  }, [path, attempt]);
  const current = state.path === path;
  const data = path === null ? null : current ? state.data : keep ? last.current : null;
  const retry = () => { setState({ path: null, data: null, problem: null }); setAttempt(attempt + 1); };
  return { data, problem: current && path !== null ? state.problem : null, loading: path !== null && !current, retry };
}

export interface Listed<T, A> { items: T[]; answer: A | null; problem: Problem | null; loading: boolean; more: (() => void) | null; retry: () => void }

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
    get<A>(address, new AbortController().signal)
      .then((answer) => { setTail({ of: first.data, answers: [...answers.slice(1), answer] }); setProblem(null); }, (error) => setProblem(error))
      .finally(() => { busy.current = false; });
  };
  return {
    items: answers.flatMap(items), answer: first.data, problem: first.problem ?? problem, loading: first.loading,
    more: next && !first.loading ? more : null, retry: first.retry,
  };
}

export const paths = {
  status: "/api/v1/status",
  search: (q: string, limit: number) => `/api/v1/search?q=${encodeURIComponent(q)}&limit=${limit}`,
  patients: (prefix: string) => `/api/v1/patients?prefix=${encodeURIComponent(prefix)}&limit=20`,
  chart: (mrn: string) => `/api/v1/charts/${encodeURIComponent(mrn)}`,
  batches: "/api/v1/batches",
  batch: (id: string) => `/api/v1/batches/${encodeURIComponent(id)}`,
  page: (id: string) => `/api/v1/pages/${encodeURIComponent(id)}`,
  crop: (page: string, box: Box, width: number) => `/api/v1/pages/${encodeURIComponent(page)}/image?box=${box.join(",")}&width=${width}`,
  image: (page: string, kind: ImageKind, width = 0) =>
    `/api/v1/pages/${encodeURIComponent(page)}/image?kind=${kind}${width ? `&width=${width}` : ""}`,
};
