// The privacy officer's queue: every broken glass, with its reason, until somebody has said whether it was right.
import { useState } from "preact/hooks";
import { type Glass, paths, post, useApi, useDoing } from "../api";
import { AskWhy, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Chip, Empty, List, Row, Skeleton, Trouble } from "../parts";
import { go } from "../route";
import { may } from "../session";
import { clockTime, plural } from "../words";

type Verdict = "justified" | "not-justified";

export function PrivacyScreen() {
  const queue = useApi<{ items: Glass[] }>(paths.glassQueue, true, 30_000);
  const [at, setAt] = useState(0);
  const [asking, setAsking] = useState<Verdict | "">("");
  const doing = useDoing();
  const items = queue.data?.items ?? [];
  const open = items.filter((one) => !one.verdict);
  const chosen = items[Math.min(at, items.length - 1)];
  const trail = () => { if (chosen && may("audit-read")) go("/audit", "push", { user: chosen.user, mrn: chosen.mrn }); };
  useKeys([
    { keys: "j", label: "Next", run: () => setAt(Math.min(at + 1, items.length - 1)), group: "Queue" },
    { keys: "k", label: "Previous", run: () => setAt(Math.max(at - 1, 0)), group: "Queue" },
    { keys: "ArrowDown", label: "Next", run: () => setAt(Math.min(at + 1, items.length - 1)) },
    { keys: "ArrowUp", label: "Previous", run: () => setAt(Math.max(at - 1, 0)) },
    { keys: "y", label: "It was right", run: () => { if (chosen && !chosen.verdict) setAsking("justified"); }, group: "Queue" },
    { keys: "n", label: "It was not right", run: () => { if (chosen && !chosen.verdict) setAsking("not-justified"); }, group: "Queue" },
    ...(may("audit-read") ? [{ keys: "t", label: "What this user did in this chart", run: trail, group: "Queue" }] : []),
  ]);
  const decide = async (note: string) => {
    const verdict = asking;
    if (chosen && verdict && (await doing.run(() => post(paths.verdict(chosen.id), { verdict, note })))) { setAsking(""); queue.reload(); }
  };
  return (
    <div class="sheet">
      <header class="sheet-head"><h1>Broken glass</h1><b class="figures">{plural(open.length, "waits", "wait")} for a word</b></header>
      {queue.problem && <Trouble problem={queue.problem} retry={queue.retry} />}
      {!queue.data && queue.loading && <Skeleton rows={4} />}
      {queue.data && items.length === 0 && <Empty title="No glass was broken"><p>Whoever opens a closed chart in need is listed here at once.</p></Empty>}
      {items.length > 0 && (
        <>
          <List label="Broken glass" chosen={chosen ? String(chosen.id) : null}>
            {items.map((one, index) => (
              <Row key={one.id} id={String(one.id)} chosen={one === chosen} onChoose={() => setAt(index)} class="glass-row">
                <b>{one.user}</b><span class="mrn">{one.mrn}</span><span class="figures">{clockTime(one.at)} to {clockTime(one.until).slice(11)}</span><span class="why">{one.why}{one.note && <small> {one.seen_by}: {one.note}</small>}</span>
                {one.verdict ? <Chip tone={one.verdict === "justified" ? "fine" : "stop"}>{one.verdict === "justified" ? "was right" : "was not right"}</Chip> : <Chip tone="look">waits</Chip>}
              </Row>
            ))}
          </List>
          <p class="foot">
            <Button k="y" disabled={!chosen || chosen.verdict !== null} onClick={() => setAsking("justified")}>It was right</Button>
            <Button k="n" disabled={!chosen || chosen.verdict !== null} onClick={() => setAsking("not-justified")}>It was not</Button>
            {may("audit-read") && <Button k="t" onClick={trail}>What was looked at</Button>}
          </p>
        </>
      )}
      <ProblemNote problem={asking ? null : doing.problem} />
      {asking && <AskWhy title={asking === "justified" ? "It was right" : "It was not right"} deed="Store" close={() => setAsking("")} busy={doing.busy} problem={doing.problem} onGiven={(note) => void decide(note)} />}
    </div>
  );
}
