// The feeder stopped: what happened, the picture of the last good sheet, what to put back, and one key to go on.
import type { Batch, Scan, Thumbnail } from "../api";
import { Dialog, ProblemNote } from "../dialog";
import type { Problem } from "../api";
import { useKeys } from "../keys";
import { Button, Icon, Thumb } from "../parts";
import { stopWords } from "../words";

interface Props { batch: Batch; scan: Scan | null; pages: Thumbnail[]; busy: boolean; problem: Problem | null; resume: () => void; close: () => void }

export function StoppedDialog({ batch, scan, pages, busy, problem, resume, close }: Props) {
  const words = stopWords(batch.stop?.reason ?? "", batch.stop?.message ?? scan?.error ?? "The scanner reported a fault", batch.stop?.advice ?? scan?.advice ?? "");
  const good = batch.sheets?.last_whole ?? 0;
  const sheet = pages.filter((page) => page.capture?.sheet === good && page.state !== "superseded");
  return (
    <Dialog title="The feeder stopped" close={close} class="stopped">
      <Resume resume={resume} />
      <div class="stopped-body">
        <div class="words" role="alert">
          <p class="what"><Icon tone="stop" />{words.what}</p>
          {words.first && <p class="advice">{words.first}</p>}
          <p class="advice">{words.then}</p>
          <p class="calm">Everything up to sheet {good} is stored. No page is lost: what comes in again is put in its place.</p>
          {batch.stop && <p class="calm" title={batch.stop.message}>The scanner said: {batch.stop.message.replace(/ \(.*$|;.*$/s, "")}</p>}
          <ProblemNote problem={problem} />
          <div class="foot-of"><Button primary first k="Enter" disabled={busy} onClick={resume}>{busy ? "Feeding" : "The sheets are back: go on"}</Button><Button onClick={close}>Leave it for now</Button></div>
        </div>
        <div class="last-good">
          <h3>{good > 0 ? `Sheet ${good}, the last good one` : "No sheet came through whole"}</h3>
          <div class="pair">{sheet.map((page) => <figure key={page.id}><Thumb page={page.id} size={page.upright_size} width={190} /><figcaption>{page.capture?.side}</figcaption></figure>)}</div>
        </div>
      </div>
    </Dialog>
  );
}

function Resume({ resume }: { resume: () => void }) {
  useKeys([{ keys: "Enter", label: "Go on feeding", run: resume, group: "Feeder", once: true }]);
  return null;
}
