// Letting a batch go. It cannot be taken back, so it says what follows; and while anything speaks against it, it says that instead.
import type { Batch, Problem } from "../api";
import { Dialog, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Icon } from "../parts";
import { count, forScreens } from "../words";

interface Props { batch: Batch; busy: boolean; problem: Problem | null; release: () => void; close: () => void }

export function ReleaseDialog({ batch, busy, problem, release, close }: Props) {
  const against = batch.against_release ?? [];
  return (
    <Dialog title={against.length ? "It cannot be released yet" : "Release the batch"} close={close}>
      {against.length === 0 && <ReleaseKey release={release} />}
      <div class="form">
        {against.length > 0 ? (
          <ul class="against">{against.map((reason) => <li key={reason}><Icon tone="stop" />{forScreens(reason)}</li>)}</ul>
        ) : (
          <p>All <b class="figures">{count(batch.ledger.fed)}</b> sides of <b>{batch.name}</b> are accounted for. After this the batch is closed to repairs, and its paper may be put away. This cannot be undone.</p>
        )}
        <ProblemNote problem={problem} />
        <div class="foot-of">{against.length === 0 && <Button primary first k="Enter" disabled={busy} onClick={release}>Release</Button>}</div>
      </div>
    </Dialog>
  );
}

function ReleaseKey({ release }: { release: () => void }) {
  useKeys([{ keys: "Enter", label: "Release", run: release, once: true }]);
  return null;
}
