// The scan station: sheets go in, sides appear, what is wrong is mended on the spot, and the batch is let go when it balances.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Scan, type Thumbnail, paths, post, useApi, useDoing } from "../api";
import { Dialog, Field, ProblemNote } from "../dialog";
import { forgetImages } from "../image/image_store";
import { Viewer } from "../image/viewer";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Findings, Icon, Skeleton, Trouble } from "../parts";
import { go } from "../route";
import { may } from "../session";
import { batchStateWords, forScreens, pageStateWords } from "../words";
import { Counters, LedgerLine } from "./counters";
import { FeedDialog, type Feeding } from "./feed";
import { Film, place } from "./film";
import { type Live, useLiveBatch } from "./live_batch";
import { ReleaseDialog } from "./release";
import * as repairs from "./repairs";
import { StartScan } from "./start";
import { StoppedDialog } from "./stopped";

const kAtWork = ["starting", "feeding"];
const kStillOpen = [...kAtWork, "stopped"];

export function ScanScreen({ id }: { id: string | null }) {
  return id ? <Station id={id} /> : <Begin />;
}

// The newest scan of each batch that is not through yet.
function Begin() {
  const scans = useApi<{ items: Scan[] }>(paths.scans, true, 3000);
  const items = scans.data?.items ?? [];
  const open = items.filter((scan, index) => kStillOpen.includes(scan.state) && items.findIndex((one) => one.batch === scan.batch) === index);
  return <StartScan open={open} />;
}

function Station({ id }: { id: string }) {
  const live = useLiveBatch(id);
  if (live.problem && !live.batch) return <div class="alone"><Trouble problem={live.problem} retry={live.reload} /><p class="after"><Button onClick={() => go("/scan")}>To a new batch</Button></p></div>;
  if (!live.batch) return <div class="sheet"><Skeleton rows={4} /></div>;
  return <Bench id={id} live={live} />;
}

type Asking = "" | "stopped" | "release" | "recount" | "move" | Feeding;

function Bench({ id, live }: { id: string; live: Live }) {
  const { pages, scan } = live;
  const batch = live.batch!;
  const [follow, setFollow] = useState(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking>("");
  const [said, setSaid] = useState("");
  const [mended, setMended] = useState(0);  // another image of the same page
  const [coming, setComing] = useState<((now: Thumbnail[]) => string | undefined) | null>(null);
  const known = useRef(new Set<string>());  // the sides that were there when paper was asked for
  const doing = useDoing();
  const found = chosen ? pages.findIndex((page) => page.id === chosen) : -1;
  const at = follow || found < 0 ? pages.length - 1 : found;
  const page = pages[at];
  const working = scan !== null && kAtWork.includes(scan.state);
  const feeding = scan !== null && (scan.state === "feeding" || scan.state === "starting");
  const stands = batch.stop?.stands === true && !feeding;

  // The dialogue comes once for each stop; who closes it finds it again under its key.
  const told = useRef(false);
  useEffect(() => {
    if (stands && !told.current) setAsking("stopped");
    if (!stands && asking === "stopped") setAsking("");
    told.current = stands;
  }, [stands]);

  const choose = (index: number) => {
    const next = Math.max(0, Math.min(index, pages.length - 1));
    setFollow(next === pages.length - 1);
    setChosen(pages[next]?.id ?? null);
  };
  // A repair changes ids and order: the batch is told anew by the events, and by hand where those rest.
  const mend = (work: () => Promise<unknown>, done: string) => void doing.run(async () => {
    const answer = await work();
    setSaid((answer as { words?: string } | null)?.words ?? done);
    forgetImages();
    setMended((count) => count + 1);
    live.reload();
  });
  const onPage = (work: (page: NonNullable<typeof pages[number]>) => Promise<unknown>, done: string) => () => { if (page) mend(() => work(page), done); };
  const resume = () => mend(async () => { await repairs.resume(id); setAsking(""); setFollow(true); }, "The feeder goes on");
  // Pages arrive while the dialogue asks about this one.
  const ask = (what: Asking) => () => {
    if (!page || working) return;
    setFollow(false);
    setChosen(page.id);
    known.current = new Set(pages.map((one) => one.id));
    setAsking(what);
  };
  // What came in is looked at next: the side that took the place of this one, or the first of those put between.
  const fed = (kind: Feeding) => {
    const old = page?.id, before = known.current;
    setAsking("");
    setSaid(kind === "insert" ? "The sheets are in their place" : "It came in again, and has taken the place of the old one");
    setComing(() => (now: Thumbnail[]) => (kind === "insert" ? now.find((one) => !before.has(one.id) && one.state !== "superseded")?.id : now.find((one) => one.id === old)?.superseded_by ?? undefined));
    live.reload();
  };
  useEffect(() => {
    const arrived = coming?.(pages);
    if (!arrived) return;
    setFollow(false);
    setChosen(arrived);
    setComing(null);
  }, [coming, pages]);
  const aside = page && (page.blank || page.state === "blank");

  const canMend = may("batch-work");
  useKeys([
    { keys: "j", label: "Next side", run: () => choose(at + 1), group: "Sides" },
    { keys: "k", label: "Previous side", run: () => choose(at - 1), group: "Sides" },
    { keys: "ArrowRight", label: "Next side", run: () => choose(at + 1) },
    { keys: "ArrowLeft", label: "Previous side", run: () => choose(at - 1) },
    { keys: ".", label: "Follow the newest side", run: () => setFollow(true), group: "Sides" },
    { keys: "Home", label: "First side", run: () => choose(0), group: "Sides" },
    { keys: "End", label: "Newest side", run: () => choose(pages.length - 1), group: "Sides" },
    ...(canMend ? [
      { keys: "r", label: "Rescan this sheet", run: ask("rescan"), group: "Repairs" },
      { keys: "q", label: "Replace this side only", run: ask("replace"), group: "Repairs" },
      { keys: "i", label: "Insert sheets here", run: ask("insert"), group: "Repairs" },
      { keys: "t", label: "Turn this side by 90 degrees", run: onPage((one) => repairs.rotate(id, one), "Turned"), group: "Repairs", once: true },
      { keys: "s", label: "Separator: a document begins here", run: onPage((one) => repairs.split(id, one), "A document begins here"), group: "Repairs", once: true },
      { keys: "m", label: "Join with the document before", run: onPage((one) => repairs.join(id, one), "Joined"), group: "Repairs", once: true },
      { keys: "b", label: "Set aside as blank, or take back", run: onPage((one) => (aside ? repairs.restore(id, one) : repairs.setAside(id, one)), "Set aside"), group: "Repairs", once: true },
      { keys: "a", label: "Move this side", run: ask("move"), group: "Repairs" },
      { keys: "u", label: "Take the last repair back", run: () => mend(() => repairs.undo(id), "Taken back"), group: "Repairs", once: true },
      { keys: "c", label: "Correct the count of sheets", run: () => setAsking("recount"), group: "Batch" },
    ] : []),
    ...(stands ? [{ keys: "Enter", label: "What to put back, and go on", run: () => setAsking("stopped"), group: "Batch" }] : []),
    ...(may("release") ? [{ keys: "l", label: "Release the batch", run: () => setAsking("release"), group: "Batch" }] : []),
    { keys: "Escape", label: "Stop feeding after this sheet", run: () => { if (feeding) void doing.run(() => post(paths.stopScan(scan.id))); }, group: "Batch" },
  ]);

  const [label, tone] = batchStateWords(feeding ? "open" : batch.state);
  return (
    <div class="station">
      <header class="station-head">
        <div class="about">
          <h1>{batch.name}</h1>
          <p class="chips"><Chip tone={feeding ? "fine" : tone}>{feeding ? "Feeding" : label}</Chip>{live.hearing === "lost" && <Chip tone="stop">Not live: connecting again</Chip>}{!follow && <Chip tone="held">You look back</Chip>}</p>
          <p class="small">{id}{batch.device ? ` · ${batch.device}` : ""}{batch.operator ? ` · ${batch.operator}` : ""}</p>
        </div>
        <Counters batch={batch} pages={pages} scan={scan} rates={live.rates} />
        <div class="station-deeds">
          {feeding && <Button k="Esc" onClick={() => void doing.run(() => post(paths.stopScan(scan.id)))}>Stop</Button>}
          {stands && <Button primary k="Enter" onClick={() => setAsking("stopped")}>Go on</Button>}
          {may("release") && batch.state !== "released" && <Button k="l" disabled={working} onClick={() => setAsking("release")}>Release</Button>}
          {!working && <Button onClick={() => go("/scan")}>New batch</Button>}
        </div>
      </header>
      <LedgerLine batch={batch} />
      <Film pages={pages} at={at} choose={choose} />
      <div class="bench-of-review">
        {page ? (
          <Viewer of={{ page: page.id, upright: page.upright_size, delivered: page.delivered_size, marks: [], version: mended }} start="page"
            caption={<><b class="figures">Side {page.sequence}</b>{page.capture && <span>{place(page)}</span>}<Chip tone={pageStateWords(page.state)[1]}>{pageStateWords(page.state)[0]}</Chip></>} />
        ) : <section class="viewer blank"><div class="stage"><Empty title={feeding ? "The first sheet is on its way" : "Nothing was taken in"} /></div></section>}
        <aside class="panel repairs" aria-label="This side">
          <div aria-live="polite">{said && <p class="note held"><Icon tone="held" />{said}</p>}</div>
          <ProblemNote problem={doing.problem} />
          {scan?.state === "failed" && scan.error && <p class="note stop" role="alert"><Icon tone="stop" /><span>{forScreens(`${scan.error} ${scan.advice ?? ""}`)}</span></p>}
          {batch.gaps?.map((gap) => <p key={gap} class="note stop"><Icon tone="stop" />{forScreens(gap)}</p>)}
          {page && <section><h2>{place(page).replace(/^./, (c) => c.toUpperCase())}</h2>
            {page.findings.length === 0 && <p class="because">Nothing stands out.</p>}
            <ul class="findings">{page.findings.map((finding) => <li key={finding.code}><Findings of={[finding]} /><p>{finding.detail}</p></li>)}</ul></section>}
          {canMend && page && (
            <section class="repair-keys"><h2>Mend</h2>
              <Button k="r" onClick={ask("rescan")}>Rescan sheet</Button>
              <Button k="q" onClick={ask("replace")}>Replace side</Button>
              <Button k="i" onClick={ask("insert")}>Insert here</Button>
              <Button k="t" onClick={onPage((one) => repairs.rotate(id, one), "Turned")}>Turn</Button>
              <Button k="s" onClick={onPage((one) => repairs.split(id, one), "A document begins here")}>Separator</Button>
              <Button k="m" onClick={onPage((one) => repairs.join(id, one), "Joined")}>Join</Button>
              <Button k="b" onClick={onPage((one) => (aside ? repairs.restore(id, one) : repairs.setAside(id, one)), aside ? "Taken back" : "Set aside")}>{aside ? "Not blank" : "Blank"}</Button>
              <Button k="a" onClick={ask("move")}>Move</Button>
              <Button k="u" onClick={() => mend(() => repairs.undo(id), "Taken back")}>Undo</Button>
              <Button k="c" onClick={() => setAsking("recount")}>Recount</Button>
            </section>
          )}
        </aside>
      </div>
      {asking === "stopped" && <StoppedDialog batch={batch} scan={scan} pages={pages} busy={doing.busy} problem={doing.problem} resume={resume} close={() => setAsking("")} />}
      {(asking === "rescan" || asking === "replace" || asking === "insert") && page && <FeedDialog kind={asking} batch={id} page={page} before={pages[at - 1]} pages={pages} done={() => fed(asking)} close={() => setAsking("")} />}
      {asking === "release" && <ReleaseDialog batch={batch} busy={doing.busy} problem={doing.problem} close={() => { doing.clear(); setAsking(""); }}
        release={() => mend(async () => { await repairs.release(id); setAsking(""); }, "Released")} />}
      {asking === "recount" && <NumberDialog title="How many sheets are there?" label="Sheets, counted again" value={batch.expected_sheets ?? batch.sheets?.stored ?? 0} deed="Recount" close={() => setAsking("")}
        onGiven={(sheets) => { setAsking(""); mend(() => repairs.recount(id, sheets), "Counted again"); }} />}
      {asking === "move" && page && <NumberDialog title={`Where does side ${page.sequence} belong?`} label="After side number (0 = first)" value={Math.max(0, page.sequence - 1)} deed="Move" close={() => setAsking("")}
        onGiven={(after) => { setAsking(""); mend(() => repairs.move(id, page, pages.filter((one) => one.sequence <= after && one.id !== page.id).at(-1)?.id ?? ""), "Moved"); }} />}
    </div>
  );
}

function NumberDialog({ title, label, value, deed, close, onGiven }: { title: string; label: string; value: number; deed: string; close: () => void; onGiven: (number: number) => void }) {
  const [text, setText] = useState(String(value));
  const submit = (event: Event) => { event.preventDefault(); if (/^\d+$/.test(text)) onGiven(Number(text)); };
  return (
    <Dialog title={title} close={close}>
      <form class="form" onSubmit={submit}><Field label={label} type="number" min={0} first required value={text} onInput={setText} /><div class="foot-of"><button class="button primary">{deed}<kbd>Enter</kbd></button></div></form>
    </Dialog>
  );
}
