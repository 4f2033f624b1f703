// What an operator can do to a side, each with its key. All of it is in the batch's journal and can be undone.
import { type Batch, type Scan, type Thumbnail, paths, post } from "../api";

interface Repaired { words: string; needs_reading: boolean; batch: Batch }
type Order = { do: "rotate" | "split" | "join" | "set-aside" | "restore" | "move" | "undo" | "recount"; page?: string; pages?: string[]; after?: string; clockwise?: number; sheets?: number };

const repair = (batch: string, order: Order) => post<Repaired>(paths.batchDo(batch, "repair"), order);

export const rotate = (batch: string, page: Thumbnail) => repair(batch, { do: "rotate", page: page.id, clockwise: 90 });
export const split = (batch: string, page: Thumbnail) => repair(batch, { do: "split", page: page.id });
export const join = (batch: string, page: Thumbnail) => repair(batch, { do: "join", page: page.id });
export const setAside = (batch: string, page: Thumbnail) => repair(batch, { do: "set-aside", page: page.id });
export const restore = (batch: string, page: Thumbnail) => repair(batch, { do: "restore", page: page.id });
// Behind that page; "" = before all others.
export const move = (batch: string, page: Thumbnail, after: string) => repair(batch, { do: "move", pages: [page.id], after });
export const undo = (batch: string) => repair(batch, { do: "undo" });
export const recount = (batch: string, sheets: number) => repair(batch, { do: "recount", sheets });
export const release = (batch: string) => post<{ batch: Batch }>(paths.batchDo(batch, "release"));
export const resume = (batch: string) => post<Scan>(paths.scans, { resume: batch });
// The sheet comes in again from the scanner it came from: both sides, or only the one, which then lies where fronts do.
export const rescanSheet = (batch: string, page: Thumbnail) => post<Scan>(paths.batchDo(batch, "rescan"), page.capture ? { sheet: page.capture.sheet } : { page: page.id });
export const replaceSide = (batch: string, page: Thumbnail, duplex: boolean) =>
  post<Scan>(paths.batchDo(batch, "rescan"), { page: page.id, source: duplex ? "adf" : undefined });
export const insertAfter = (batch: string, page: Thumbnail | undefined) => post<Scan>(paths.batchDo(batch, "insert"), { after: page?.id ?? "" });
