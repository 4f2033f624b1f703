// Every feeding session with its ledger: what went in, and where each side went.
import { useState } from "preact/hooks";
import { type Batch, type Ledger, paths, useList } from "./api";
import { useKeys } from "./keys";
import { Button, Chip, Empty, Findings, Icon, Skeleton, Trouble } from "./parts";
import { address, go } from "./route";
import { batchStateWords, count, moment, plural } from "./words";

export const kTerms: { key: keyof Ledger & ("filed" | "separators" | "blanks" | "review" | "rejected" | "superseded"); name: string }[] = [
  { key: "filed", name: "filed" },
  { key: "separators", name: "separators" },
  { key: "blanks", name: "blanks" },
  { key: "review", name: "in review" },
  { key: "rejected", name: "rejected" },
  { key: "superseded", name: "superseded" },
];

export function BatchesScreen() {
  const list = useList<Batch, { items: Batch[]; next: string | null }>(paths.batches, (answer) => answer.items);
  const [at, setAt] = useState(0);
  const open = (batch: Batch | undefined) => { if (batch) go(address(["batches", batch.id])); };
  const move = (by: number) => {
    const next = Math.max(0, Math.min(at + by, list.items.length - 1));
    setAt(next);
    document.getElementById(`batch-${list.items[next]?.id}`)?.scrollIntoView({ block: "nearest" });
    if (next >= list.items.length - 3) list.more?.();
  };
  useKeys([
    { keys: "j", label: "Next batch", run: () => move(1), group: "Batches" },
    { keys: "k", label: "Previous batch", run: () => move(-1), group: "Batches" },
    { keys: "Enter", label: "Open the batch", run: () => open(list.items[at]), group: "Batches" },
  ]);
  if (list.problem && !list.answer) return <div class="alone"><Trouble problem={list.problem} retry={list.retry} /></div>;
  if (list.loading) return <div class="sheet"><Skeleton rows={5} /></div>;
  if (list.items.length === 0) {
    return (
      <Empty title="No batch was fed yet">
        <p>Scans come in with <code>chartscan ingest FILES</code>. Each file or folder of images becomes a batch.</p>
      </Empty>
    );
  }
  return (
    <div class="sheet">
      <h1>Batches</h1>
      <table class="batches">
        <thead>
          <tr>
            <th>Batch</th><th>State</th><th class="number">Fed</th><th class="shape">Where every side went</th>
            {kTerms.map((term) => <th key={term.key} class="number">{term.name}</th>)}
            <th>Ledger</th><th>Opened</th>
          </tr>
        </thead>
        {list.items.map((batch, index) => <BatchRow key={batch.id} batch={batch} chosen={index === at} open={() => open(batch)} />)}
      </table>
      <p class="foot"><Button k="Enter" onClick={() => open(list.items[at])}>Open</Button>{list.more && <Button onClick={list.more}>More batches</Button>}</p>
    </div>
  );
}

function BatchRow({ batch, chosen, open }: { batch: Batch; chosen: boolean; open: () => void }) {
  const [label, tone] = batchStateWords(batch.state);
  const { ledger } = batch;
  return (
    <tbody id={`batch-${batch.id}`} aria-selected={chosen} onClick={open}>
      <tr>
        <td class="name">
          <a href={address(["batches", batch.id])} onClick={(event) => { event.preventDefault(); open(); }}><b>{batch.name}</b></a>
          <small>{batch.id} · {batch.source}</small>
          {batch.stop?.stands && <small class="trouble" role="alert">{batch.stop.message}</small>}
        </td>
        <td><Chip tone={tone}>{label}</Chip></td>
        <td class="number"><b>{count(ledger.fed)}</b></td>
        <td class="shape"><LedgerBar of={ledger} /></td>
        {kTerms.map((term) => <td key={term.key} class={`number ${ledger[term.key] ? "" : "zero"}`}>{count(ledger[term.key])}</td>)}
        <td><Balance of={ledger} /></td>
        <td class="figures">{moment(batch.opened_at)}</td>
      </tr>
      {(batch.refused.length > 0 || batch.findings.length > 0) && (
        <tr class="refused"><td colSpan={12}><Findings of={batch.findings} /><Refused batch={batch} /></td></tr>
      )}
    </tbody>
  );
}

export const Refused = ({ batch }: { batch: Batch }) => (
  <ul class="refusals">
    {batch.refused.map((item) => (
      <li key={`${item.file} ${item.page}`}>
        <Icon tone="stop" /><span><b>{item.file}</b>{item.page && <span class="figures"> page {item.page}</span>}</span><p>{item.message}</p>
      </li>
    ))}
  </ul>
);

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
