// Where every side went: the terms of the ledger, its bar, and whether it balances.
import type { Ledger } from "../api";
import { Chip } from "../parts";
import { count, plural } from "../words";

export const kTerms: { key: keyof Ledger & ("filed" | "separators" | "blanks" | "review" | "rejected" | "superseded"); name: string }[] = [
  { key: "filed", name: "filed" },
  { key: "separators", name: "separators" },
  { key: "blanks", name: "blanks" },
  { key: "review", name: "in review" },
  { key: "rejected", name: "rejected" },
  { key: "superseded", name: "superseded" },
];

// "1 blank", "12 filed".
export const termWords = (value: number, name: string) => `${count(value)} ${value === 1 ? name.replace(/s$/, "") : name}`;

export function Balance({ of }: { of: Ledger }) {
  if (of.balances) return <Chip tone="fine" title="Every side that was fed is accounted for">balanced</Chip>;
  if (of.waiting > 0) return <Chip tone="held" title="Pages still being read, or the batch is not closed">{plural(of.waiting, "page")} on the way</Chip>;
  return <Chip tone="stop" title="Sides fed and sides accounted for differ">does not balance</Chip>;
}

export function LedgerBar({ of }: { of: Ledger }) {
  const parts = [...kTerms.map((term) => ({ name: term.name, className: term.key as string, value: of[term.key] })), { name: "on the way", className: "waiting", value: of.waiting }];
  return (
    <span class="ledger" role="img" aria-label={parts.filter((part) => part.value).map((part) => `${part.value} ${part.name}`).join(", ")}>
      {parts.filter((part) => part.value).map((part) => (
        <i key={part.name} class={part.className} style={{ flexGrow: String(part.value) }} title={`${count(part.value)} ${part.name}`} />
      ))}
    </span>
  );
}
