// What the API answers, as types. Times are unix seconds, boxes pixels of the image they are named after.
export type Box = [x0: number, y0: number, x1: number, y1: number];
export type Size = [width: number, height: number];
export type ImageKind = "upright" | "delivered";

export interface Finding { code: string; detail: string; score: number }
export interface Patient { mrn: string; name: string; dob: string | null; sex: string | null }
export interface FoundPatient extends Patient { score?: number; why?: string }
export interface Ledger {
  fed: number; filed: number; separators: number; blanks: number; review: number; rejected: number; superseded: number;
  waiting: number; balances: boolean;
}
export interface Status { archive: string; batches: number; ledger: Ledger }
export interface Paged<T> { items: T[]; next: string | null }

// --- who is logged in ---
export type Right = "scan" | "batch-work" | "release" | "review" | "code" | "view" | "search" | "print" | "export" | "refile" | "patients"
  | "audit-read" | "dashboard" | "users" | "config" | "break-glass" | "privacy-queue";
export interface Person { name: string; full_name: string; roles: string[]; rights: Right[]; must_change_password: boolean }
export interface Session { setup_needed: boolean; user: Person | null; csrf: string | null; idle_left_s: number | null; idle_warn_s: number; archive: string }
export interface Account {
  name: string; full_name: string; roles: string[]; disabled: boolean; locked_until: number | null; must_change_password: boolean;
  last_login: number | null; sessions: number;
}
export interface Role { name: string; title?: string; rights: Right[]; sensitive?: string[] }
export interface Token { id: string; name: string; scopes: string[]; expires_at: number | null; last_used_at: number | null; revoked_at?: number | null; token?: string }

// --- search ---
export interface Boxed { upright: Box; delivered: Box }
export interface HitBox extends Boxed { word: string }
export interface SearchItem {
  page: string; batch: string; document: string | null; page_number: number; pages_in_document: number;
  doc_type: string; doc_type_name: string; service_date: string | null; patient: Patient | null; link_status: string;
  file: string; score: number; similar?: boolean | string | null; snippet: { text: string; hit: boolean }[]; boxes: HitBox[];
  upright_size: Size; delivered_size: Size;
}
export interface FacetValue { value: string | null; name?: string; pages: number }
export interface Facets { type: FacetValue[]; year: FacetValue[]; facility: FacetValue[]; status: FacetValue[] }
export interface SearchGroup { document: ChartDocument | null; patient: Patient | null; total: number; items: SearchItem[] }
export interface SearchAnswer {
  total: number; total_exact?: boolean; as_written?: number; similar?: string | number | null; notes: string[]; items: SearchItem[]; next: string | null;
  groups?: SearchGroup[]; total_groups?: number; facets?: Facets;
}
export interface SavedSearch { id: string; name: string; q: string }
export interface Searches { saved: SavedSearch[]; recent: { q: string; at: number }[] }

// --- charts and documents ---
export interface LinkReason { field: string; agreement: "agrees" | "close" | "disagrees" | "missing"; weight: number; detail: string }
export interface LinkCandidate { mrn: string; confidence: number; reasons: LinkReason[] }
export interface Link { status: string; mrn: string | null; confidence: number; reasons: LinkReason[]; candidates?: LinkCandidate[] }
export interface ChartDocument {
  id: string; batch: string; pages: string[]; type: string; type_name: string; type_confidence: number;
  service_date: string | null; author: string | null; link: Link; filed: boolean; findings: Finding[]; decided_by: string | null;
}
export interface Encounter {
  visit: string; class: string; location: string; attending: string; admitted: string; discharged: string; cancelled: boolean; documents: string[];
}
export interface ChartOrder { name: string; documents: string }  // inside a section: "newest first", "oldest first"
export interface Chart { patient: Patient; encounters?: Encounter[]; order: string; orders: ChartOrder[]; sections: { name: string; documents: ChartDocument[] }[]; merged_from?: string }
export interface DocumentType { code: string; name: string; loinc: string | null; section: string }

// --- review ---
export interface WaitingDocument extends ChartDocument { queue?: string; version?: number | string; waits_since?: number }
export interface ReviewCandidate { patient: Patient; confidence: number; reasons: LinkReason[] }
export interface TypeEvidence { page: string; says: string; weight: number; boxes?: Boxed[]; upright?: Box; delivered?: Box }
export interface FieldEvidence extends Boxed { page: string; field: string; value: string }
export interface ReviewItem {
  document: WaitingDocument; pages: Thumbnail[]; candidates: ReviewCandidate[];
  evidence: { type: TypeEvidence[]; patient: FieldEvidence[]; date: FieldEvidence[] };
}
export interface ReviewAnswer { item: ReviewItem | null; left: number; next: string | null }
export interface ReviewQueue extends Paged<WaitingDocument> { total: number; by_queue: Record<string, number>; oldest_at: number | null }

// --- batches and scanning ---
export interface Batch {
  id: string; name: string; source: string; device: string | null; operator: string | null; state: string;
  expected_pages: number | null; expected_sheets: number | null;
  stop: { reason: string; message: string; advice: string; stands: boolean; sheet?: number | null } | null; suspect_sheets: number[];
  gaps?: string[]; against_release?: string[]; resume_from_sheet?: number | null;
  sheets?: { stored: number; last_whole?: number; incomplete?: number[]; missing?: number[] };
  opened_at: number | null; closed_at: number | null; findings: Finding[];
  refused: { file: string; page: number | null; message: string }[]; ledger: Ledger;
}
export interface Thumbnail {
  id: string; sequence: number; state: string; findings: Finding[]; blank: boolean; separator: boolean;
  document: string | null; duplicate_of: string | null; superseded_by?: string | null;
  capture?: { sheet: number; side: "front" | "back"; attempt: number; dpi: number; mode: string } | null;
  upright_size: Size; delivered_size: Size;
}
export interface BatchPages { batch: Batch; pages: Thumbnail[]; next: string | null }
export interface Scan {
  id: string; state: "starting" | "feeding" | "done" | "stopped" | "failed"; batch: string | null; operator: string; device: string;
  sides: number; sides_per_min: number; feeding_seconds: number; error: string | null; advice: string | null; notes: string[];
  started_at: number; kind: string;  // scan, rescan, insert, upload; or upkeep, whose sides are pages done of so many
  of_sides?: number;
}
export interface Upkeep { index: { pages: number; whole: boolean; layers: { segments: number; pages: number; bytes: number }[] }; jobs: Scan[] }
export interface Device { id: string; vendor: string; model: string; kind: string }
export interface Profile { name: string; device: string; source: string; dpi: number; mode: string; expect_sheets: number }
export interface BatchNews { batch: Batch; pages: Thumbnail[]; scan: Scan | null }
export interface StateNews { review_left: number; waiting: number; ledger: Ledger; scans: Scan[] }

// --- one page ---
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

// --- looking back ---
export interface AuditRecord {
  number: number; at: string; user: string | null; origin: string | null; action: string; mrns: string[]; page: string | null; document: string | null;
  batch: string | null; why: string | null; detail: string | null; query?: string | null; outcome: string;
}
export interface AuditCheck { records: number; ok: boolean; fault: { kind: string; number: number; message: string } | null; head: { number: number; hash: string } }
export interface Glass {
  id: number; user: string; mrn: string; class: string | null; why: string; at: number; until: number; verdict: string | null; note: string | null; seen_by: string | null;
}
export interface Grant { id: number; mrn: string; class: string | null; until: number }  // an own one that is open
export interface Dashboard {
  today: { pages: number; batches: number; filed: number; review: number };
  backlog: { waiting: number; oldest_at: number | null };
  review: { waiting: number; oldest_at: number | null; by_queue: Record<string, number> };
  links: { auto: number; person: number; waiting: number; auto_share: number; audited: number; wrong: number; bound: number; suspended: boolean };
  unreadable: number;
  days: { day: number; pages: number; auto: number; review: number }[];  // midnight UTC; days without pages are left out
  minutes: { at: number; pages: number }[];
  operators: { name: string; batches: number; pages: number; findings: number }[];
  devices: { name: string; pages: number; stops: number }[];
}
