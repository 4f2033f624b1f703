// The big figures, readable from the scanner three metres away, and the ledger line under them.
import type { Batch, Scan, Thumbnail } from "../api";
import { LedgerBar, kTerms, termWords } from "../batches/ledger";
import { Icon } from "../parts";
import { Spark } from "../plots";
import { count, findingWords } from "../words";

export const looks = (page: Thumbnail) => page.findings.filter((finding) => findingWords(finding.code)[1] !== "quiet");

const Counter = ({ name, value, tone = "" }: { name: string; value: string; tone?: string }) => <div class={`counter ${tone}`}><dd class="figures">{value}</dd><dt>{name}</dt></div>;

export function Counters({ batch, pages, scan, rates }: { batch: Batch; pages: Thumbnail[]; scan: Scan | null; rates: number[] }) {
  const counted = pages.filter((page) => page.state !== "superseded");
  const found = counted.filter((page) => looks(page).length > 0).length;
  const blank = counted.filter((page) => page.blank).length;
  const rate = Math.round(scan?.sides_per_min ?? 0);
  const expected = batch.expected_sheets;
  const stored = batch.sheets?.stored ?? 0;
  return (
    <dl class="counters" aria-label="Counts of this batch">
      <Counter name="sides fed" value={count(batch.ledger.fed)} />
      {(stored > 0 || expected !== null) && <Counter name={expected ? `of ${count(expected)} sheets` : "sheets stored"} value={count(stored)} tone={expected && stored > expected ? "stop" : expected && stored === expected ? "fine" : ""} />}
      <Counter name="with findings" value={count(found)} tone={found ? "look" : ""} />
      <Counter name="blank" value={count(blank)} />
      <div class="counter rate"><dd class="figures">{rate ? count(rate) : "–"}</dd><dt>sides/min</dt><Spark values={rates} label={`sides a minute, now ${rate}`} /></div>
    </dl>
  );
}

export function LedgerLine({ batch }: { batch: Batch }) {
  const { ledger } = batch;
  const parts = [...kTerms.filter((term) => ledger[term.key]).map((term) => termWords(ledger[term.key], term.name)), ...(ledger.waiting ? [`${count(ledger.waiting)} on the way`] : [])];
  return (
    <p class={`ledger-line ${ledger.balances ? "fine" : ledger.waiting ? "held" : "stop"}`} role="status">
      <LedgerBar of={ledger} />
      <span class="figures"><b>{count(ledger.fed)}</b> = {parts.join(" + ") || "nothing yet"}</span>
      <span class="verdict"><Icon tone={ledger.balances ? "fine" : ledger.waiting ? "held" : "stop"} />{ledger.balances ? "balances" : ledger.waiting ? `reading, ${count(ledger.waiting)} to go` : "does not balance"}</span>
    </p>
  );
}
