// What the machine goes by, as marks on the page that is shown. `lit` names what the person points at.
import type { ReviewItem } from "../api";
import type { Mark } from "../image/viewer";
import { fieldWords } from "../words";

export type Pointed = { kind: "type" | "patient" | "date"; field?: string } | null;

// The candidates' reasons name fields a little differently from what is read on pages.
const kSame: Record<string, string> = { name: "patient-name", dob: "birth-date", ssn: "ssn-last4" };
const canonical = (field: string) => { const plain = field.replace(/_/g, "-"); return kSame[plain] ?? plain; };

export function marksOf(item: ReviewItem, page: string, pointed: Pointed): Mark[] {
  const lit = (kind: "type" | "patient" | "date", field?: string) =>
    pointed !== null && pointed.kind === kind && (pointed.field === undefined || (field !== undefined && canonical(pointed.field) === canonical(field)));
  const { type, patient, date } = item.evidence;
  return [
    ...patient.filter((one) => one.page === page).map((one): Mark => ({ ...one, label: `${fieldWords(one.field)}: ${one.value}`, tone: "patient", lit: lit("patient", one.field) })),
    ...date.filter((one) => one.page === page).map((one): Mark => ({ ...one, label: `${fieldWords(one.field)}: ${one.value}`, tone: "date", lit: lit("date") })),
    ...type.filter((one) => one.page === page).flatMap((one) => {
      const boxes = one.boxes ?? (one.upright && one.delivered ? [{ upright: one.upright, delivered: one.delivered }] : []);
      return boxes.map((box): Mark => ({ ...box, label: one.says, tone: "type", lit: lit("type", one.says) }));
    }),
  ];
}

// The page on which a claim stands, when it is not the one shown.
export function pageOf(item: ReviewItem, pointed: Pointed): string | undefined {
  if (!pointed) return undefined;
  if (pointed.kind === "type") return item.evidence.type[0]?.page;
  const all = item.evidence[pointed.kind];
  return all.find((one) => pointed.field === undefined || canonical(one.field) === canonical(pointed.field))?.page;
}
