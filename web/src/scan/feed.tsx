// Paper that goes in again, or is put between: which sheet, where, and one key when it lies in the feeder. Nothing in the batch
// changes before all of it came in whole, so that a jam here costs another try and nothing else.
import { useEffect, useState } from "preact/hooks";
import { type Scan, type Thumbnail, paths, useApi, useDoing } from "../api";
import { Choice, Dialog, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Icon, Thumb } from "../parts";
import { place } from "./film";
import * as repairs from "./repairs";

export type Feeding = "rescan" | "replace" | "insert";

const kLookMs = 300;
const kAtWork = ["starting", "feeding"];

interface Props { kind: Feeding; batch: string; page: Thumbnail; before: Thumbnail | undefined; pages: Thumbnail[]; done: () => void; close: () => void }

export function FeedDialog({ kind, batch, page, before, pages, done, close }: Props) {
  const [where, setWhere] = useState<"after" | "before">("after");
  const [job, setJob] = useState<string | null>(null);
  const doing = useDoing();
  const told = useApi<Scan>(job && paths.scan(job), true, kLookMs);
  const scan = told.data?.id === job ? told.data : null;
  const feeding = doing.busy || (job !== null && (scan === null || kAtWork.includes(scan.state)));
  useEffect(() => { if (scan?.state === "done") done(); }, [scan?.state]);
  const order = () => {
    if (kind === "insert") return repairs.insertAfter(batch, where === "after" ? page : before);
    return kind === "rescan" ? repairs.rescanSheet(batch, page) : repairs.replaceSide(batch, page, pages.some((one) => one.capture?.side === "back"));
  };
  const feed = () => {
    if (!feeding) void doing.run(async () => { setJob((await order()).id); });
  };
  const words = kWords[kind](page);
  const shown = kind === "rescan" && page.capture ? pages.filter((one) => one.capture?.sheet === page.capture!.sheet && one.state !== "superseded") : [page];
  return (
    <Dialog title={words.title} close={close} class="feeding">
      <FeedKey feed={feed} />
      <div class="stopped-body">
        <div class="words">
          <p class="advice">{words.says}</p>
          {kind === "insert" && <Choice label="They belong" value={where} of={[["after", `after ${place(page)}, shown here`], ["before", `before ${place(page)}, shown here`]]} onChange={(next) => setWhere(next as typeof where)} />}
          <p class="calm">{words.calm}</p>
          <ProblemNote problem={doing.problem ?? told.problem} />
          {scan?.state === "failed" && <p class="note stop" role="alert"><Icon tone="stop" /><span>{failure(scan.error ?? "the scanner reported a fault")}. Nothing in the batch was changed: put the paper back, and feed again.</span></p>}
          <div class="foot-of"><Button primary first k="Enter" disabled={feeding} onClick={feed}>{feeding ? "Feeding" : scan ? "Feed again" : kind === "insert" ? "They lie in the feeder: feed" : "It lies in the feeder: feed"}</Button><Button onClick={close}>Leave it</Button></div>
        </div>
        <div class="last-good">
          <h3>{kind === "rescan" && page.capture ? `Sheet ${page.capture.sheet}` : place(page).replace(/^./, (c) => c.toUpperCase())}</h3>
          <div class="pair">{shown.map((one) => <figure key={one.id}><Thumb page={one.id} size={one.upright_size} width={170} /><figcaption>{one.capture?.side ?? `side ${one.sequence}`}</figcaption></figure>)}</div>
        </div>
      </div>
    </Dialog>
  );
}

function FeedKey({ feed }: { feed: () => void }) {
  useKeys([{ keys: "Enter", label: "Feed", run: feed, group: "Feeder", once: true }]);
  return null;
}

// What happened, without where and what the command line would do about it.
const failure = (error: string) => error.replace(/^batch B\d+: /, "").replace(/ \(.*$|;.*$/s, "").replace(/^./, (c) => c.toUpperCase());

const kStay = "What it replaces is kept and marked as superseded.";
const kWords: Record<Feeding, (page: Thumbnail) => { title: string; says: string; calm: string }> = {
  rescan: (page) => page.capture
    ? { title: `Sheet ${page.capture.sheet} goes in again`, says: `Put sheet ${page.capture.sheet}, and nothing else, in the feeder.`, calm: kStay }
    : { title: `Side ${page.sequence} goes in again`, says: "Put its sheet, and nothing else, in the feeder.", calm: kStay },
  replace: (page) => ({ title: `One side goes in again: ${place(page)}`, says: "Put its sheet, and nothing else, in the feeder, this side where fronts lie. Only that side is taken.", calm: kStay }),
  insert: () => ({ title: "Sheets are put between", says: "Put the missing sheets in the feeder, in their order. All that lie there are taken.", calm: "What is in the batch already stays and moves on." }),
};
