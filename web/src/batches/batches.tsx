// Every feeding session with its ledger: what went in, and where each side went.
import { useState } from "preact/hooks";
import { type Batch, type Paged, paths, useList } from "../api";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Findings, Icon, Skeleton, Trouble } from "../parts";
import { address, go } from "../route";
import { may } from "../session";
import { batchStateWords, clockTime, count } from "../words";
import { Balance, LedgerBar, kTerms } from "./ledger";

export function BatchesScreen() {
  const list = useList<Batch, Paged<Batch>>(paths.batches, (answer) => answer.items);
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
    { keys: "ArrowDown", label: "Next batch", run: () => move(1) },
    { keys: "ArrowUp", label: "Previous batch", run: () => move(-1) },
    { keys: "Enter", label: "Open the batch", run: () => open(list.items[at]), group: "Batches" },
  ]);
  if (list.problem && !list.answer) return <div class="alone"><Trouble problem={list.problem} retry={list.retry} /></div>;
  if (list.loading) return <div class="sheet"><Skeleton rows={5} /></div>;
  if (list.items.length === 0) {
    return (
      <Empty title="No batch was fed yet">
        <p>Feed paper at the scan station, or let files come in with <code>chartscan ingest FILES</code>. Each stack, file or folder becomes a batch.</p>
        {may("scan") && <Button k="g f" onClick={() => go("/scan")}>To the scan station</Button>}
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
    <tbody id={`batch-${batch.id}`} class={chosen ? "chosen" : ""} onClick={open}>
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
        <td class="figures">{clockTime(batch.opened_at)}</td>
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

