// Review: one document after the other, the page large, the proposal beside it. Enter accepts, the next one is there already.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type ChartDocument, type DocumentType, type Patient, type ReviewAnswer, type ReviewCandidate, type ReviewQueue, Problem, paths, post, useApi, useDoing } from "../api";
import { PatientFinder } from "../chart/patient_finder";
import { AskWhy, Choice, Dialog, Field, ProblemNote } from "../dialog";
import { preload } from "../image/image_store";
import { Viewer } from "../image/viewer";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Skeleton, Thumb, Trouble } from "../parts";
import { address, go } from "../route";
import { ago, count, queueWords } from "../words";
import { type Choices, DecisionPanel, changed, nothingChosen, proposed } from "./decision_panel";
import { type Pointed, marksOf, pageOf } from "./evidence";
import { Lookahead } from "./lookahead";
import { type Saving, useSaver } from "./saver";
import { TypeChooser } from "./type_chooser";

type Order = "worst" | "oldest";
const kHoldReasons = ["Patient not in the index yet", "Page cannot be read, rescan asked for", "Ask the ward", "Ask a supervisor"];

export function ReviewScreen({ document: wanted, queue }: { document: string | null; queue: string }) {
  const [order, setOrder] = useState<Order>("worst");
  const lookahead = useMemo(() => new Lookahead(queue, order), [queue, order]);
  const [answer, setAnswer] = useState<ReviewAnswer | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [left, setLeft] = useState<number | null>(null);
  const asked = useRef(0);
  const saver = useSaver();

  const show = (next: ReviewAnswer) => {
    setAnswer(next);
    setProblem(null);
    lookahead.fetchAfter(next);
    for (const page of next.item?.pages.slice(0, 2) ?? []) preload(page);
  };
  const load = (coming: ReviewAnswer | Promise<ReviewAnswer>, counts = true) => {
    const mine = ++asked.current;
    if (!(coming instanceof Promise)) { show(coming); return; }
    setAnswer(null);
    coming.then(
      (next) => { if (mine === asked.current) { show(next); if (counts) setLeft(next.left); } },
      (error) => { if (mine === asked.current) setProblem(error as Problem); });
  };
  useEffect(() => { load(lookahead.first(wanted)); }, [lookahead, wanted]);

  const advance = (of: ReviewAnswer) => {
    setLeft((now) => (now === null ? null : Math.max(0, now - 1)));
    load(lookahead.next(of), false);
  };
  const store = (of: ReviewAnswer, what: "accept" | "decide" | "hold", body: object) => {
    const { id, version } = of.item!.document;
    saver.save(id, () => post<{ left?: number }>(paths.documentDo(id, what), what === "hold" ? body : { ...body, version }), setLeft);
    advance(of);
  };
  const undo = async () => {
    await saver.settled();
    const last = saver.last();
    if (!last) return;
    await post(paths.documentDo(last, "undo"));
    lookahead.forget(last);
    load(lookahead.first(last));
  };
  const again = (document: string | null) => { saver.clear(); lookahead.forgetAll(); load(lookahead.first(document)); };

  const head = <ReviewHead queue={queue} order={order} setOrder={setOrder} left={left} answer={answer} saving={saver.saving} />;
  if (saver.saving.failed) {
    const { document: failed, problem: why } = saver.saving.failed;
    return (
      <div class="review">{head}
        <div class="alone"><Trouble problem={new Problem(why.status, `${failed} was not stored: ${why.title}`, why.detail, false, why.right)} retry={() => {}} />
          <p class="after"><Button primary first onClick={() => again(failed)}>Back to {failed}</Button> <Button onClick={() => again(null)}>Go on with the queue</Button></p></div>
      </div>
    );
  }
  if (problem) return <div class="review">{head}<div class="alone"><Trouble problem={problem} retry={() => again(null)} /><p class="after"><Button onClick={() => again(null)}>The next that waits</Button></p></div></div>;
  if (!answer) return <div class="review">{head}<div class="bench-of-review"><section class="viewer blank" aria-hidden="true"><div class="stage" /></section><aside class="panel"><Skeleton rows={4} /></aside></div></div>;
  if (!answer.item) return <div class="review">{head}<NothingWaits queue={queue} undo={() => void undo()} /></div>;
  return <div class="review">{head}<Item answer={answer} store={store} undo={undo} again={again} skip={() => load(lookahead.next(answer), false)} /></div>;
}

function ReviewHead({ queue, order, setOrder, left, answer, saving }: {
  queue: string; order: Order; setOrder: (order: Order) => void; left: number | null; answer: ReviewAnswer | null; saving: Saving;
}) {
  const queues = useApi<ReviewQueue>(paths.review("", order), true, 15_000);
  const by = queues.data?.by_queue ?? {};
  const document = answer?.item?.document;
  return (
    <header class="review-head">
      <h1>Review</h1>
      <b class="figures left" role="status">{left === null ? "" : `${count(left)} left`}</b>
      {queues.data?.oldest_at && <span>oldest {ago(queues.data.oldest_at)}</span>}
      {document && <span class="reason">{queueWords(document.queue ?? "other")} · {document.id}{document.waits_since ? ` · waits ${ago(document.waits_since)}` : ""}</span>}
      <span class="push" />
      <Chip tone={saving.waiting ? "held" : saving.failed ? "stop" : "fine"}>{saving.waiting ? `storing ${saving.waiting}` : saving.failed ? "not stored" : "stored"}</Chip>
      <Choice label="Queue" value={queue} of={[["", `All (${count(queues.data?.total ?? 0)})`], ...Object.entries(by).map(([code, n]): [string, string] => [code, `${queueWords(code)} (${count(n)})`])]}
        onChange={(next) => go(address(["review"], { queue: next }))} />
      <Choice label="Order" value={order} of={[["worst", "Worst first"], ["oldest", "Oldest first"]]} onChange={(next) => setOrder(next as Order)} />
    </header>
  );
}

const NothingWaits = ({ queue, undo }: { queue: string; undo: () => void }) => {
  useKeys([{ keys: "u", label: "Take the last decision back", run: undo, group: "Review" }]);
  return (
    <Empty title={queue ? "Nothing waits in this queue" : "Nothing waits for a person"}>
      <p>{queue ? "Other queues may hold something." : "New documents come here by themselves when a batch closes."}</p>
      <p>{queue && <Button onClick={() => go("/review")}>All queues</Button>} <Button k="u" onClick={undo}>Undo the last</Button></p>
    </Empty>
  );
};

interface ItemProps {
  answer: ReviewAnswer; store: (of: ReviewAnswer, what: "accept" | "decide" | "hold", body: object) => void; undo: () => Promise<void>;
  again: (document: string | null) => void; skip: () => void;
}

// What the person has done with the item on the screen. The viewer outlives the item, so that zoom and position stay.
interface Desk { at: number; choices: Choices; pointed: Pointed; asking: "" | "patient" | "type" | "date" | "hold"; notice: string; seen: boolean }
const kUntouched: Desk = { at: 0, choices: nothingChosen, pointed: null, asking: "", notice: "", seen: false };

function useStateOf<T extends object>(id: string, untouched: T): [T, (change: Partial<T>) => void] {
  const [state, setState] = useState<{ id: string; value: T }>({ id, value: untouched });
  const put = (change: Partial<T>) => setState((now) => ({ id, value: { ...(now.id === id ? now.value : untouched), ...change } }));
  return [state.id === id ? state.value : untouched, put];
}

function Item({ answer, store, undo, again, skip }: ItemProps) {
  const item = answer.item!;
  const { document } = item;
  const [{ at, choices, pointed, asking, notice, seen }, put] = useStateOf(document.id, kUntouched);
  const doing = useDoing();
  const setAt = (next: number) => put({ at: next });
  const setAsking = (next: Desk["asking"]) => put({ asking: next });
  const setNotice = (next: string) => put({ notice: next });
  const types = useApi<{ items: DocumentType[] }>(paths.types);
  const typed = types.data?.items.some((one) => one.code === document.type) ?? false;
  const ready = seen && !types.loading && !doing.busy;  // nothing is accepted unseen, nor before it is known which types there are
  const page = item.pages[at] ?? item.pages[0];
  const candidates = withChosen(item.candidates, choices.patient);

  const change = (part: Partial<Choices>) => put({ choices: { ...choices, ...part }, notice: "", asking: "" });
  const choose = (patient: Patient) => change({ patient: patient.mrn === proposed(document) && !choices.type && !choices.date ? null : patient });
  const accept = () => {
    if (!ready) return;
    if (!proposed(document) && !choices.patient) {
      setNotice(candidates.length ? "Choose the patient first: a digit, or f to find another." : "Nobody is proposed: f finds the patient, h holds it.");
      return;
    }
    if (!typed && !choices.type) {
      setNotice("Its type is not known. Choose it first: t.");
      return;
    }
    if (!changed(choices)) store(answer, "accept", {});
    else store(answer, "decide", { mrn: choices.patient?.mrn, type: choices.type?.code, service_date: choices.date ?? undefined });
  };
  const cut = (what: "split" | "join") => void doing.run(async () => {
    const body = what === "split" ? { page: page?.id, version: document.version } : { version: document.version };
    const { documents } = await post<{ documents: ChartDocument[] }>(paths.documentDo(document.id, what), body);
    again(documents[0]?.id ?? null);
  });
  const split = () => { if (at === 0) setNotice("A document is split at a later page: j goes there first."); else cut("split"); };
  const point = (next: Pointed) => {
    put({ pointed: next });
    const on = pageOf(item, next);
    const index = item.pages.findIndex((one) => one.id === on);
    if (next && index >= 0 && !marksOf(item, page?.id ?? "", next).some((mark) => mark.lit)) setAt(index);
  };
  const turn = (by: number) => setAt(Math.max(0, Math.min(at + by, item.pages.length - 1)));
  useEffect(() => { preload(item.pages[at + 1]); }, [at]);

  const deeds = {
    accept, split, find: () => setAsking("patient"), type: () => setAsking("type"), date: () => setAsking("date"), hold: () => setAsking("hold"),
    undo: () => void doing.run(undo), join: () => cut("join"),
  };
  useKeys([
    { keys: "Enter", label: "Accept, or store the change", run: accept, group: "Review", once: true },
    ...candidates.slice(0, 9).map((candidate, index) => ({ keys: String(index + 1), label: "Choose the candidate of that number", run: () => choose(candidate.patient), group: index ? undefined : "Review" })),
    { keys: "f", label: "Find another patient", run: deeds.find, group: "Review" },
    { keys: "t", label: "Choose the type", run: deeds.type, group: "Review" },
    { keys: "d", label: "Set the date of service", run: deeds.date, group: "Review" },
    { keys: "s", label: "Split: a document begins at this page", run: split, group: "Review", once: true },
    { keys: "m", label: "Join with the document before", run: deeds.join, group: "Review", once: true },
    { keys: "h", label: "Hold, with a reason", run: deeds.hold, group: "Review" },
    { keys: "u", label: "Take the last decision back", run: deeds.undo, group: "Review", once: true },
    { keys: ".", label: "Pass over it", run: skip, group: "Review", once: true },
    { keys: "j", label: "Next page", run: () => turn(1), group: "Review" },
    { keys: "k", label: "Previous page", run: () => turn(-1), group: "Review" },
    { keys: "ArrowRight", label: "Next page", run: () => turn(1) },
    { keys: "ArrowLeft", label: "Previous page", run: () => turn(-1) },
  ]);

  return (
    <div class="bench-of-review">
      <div class="paper-and-strip">
        {page && <Viewer key="review" of={{ page: page.id, upright: page.upright_size, delivered: page.delivered_size, marks: marksOf(item, page.id, pointed) }} start="width"
          steps={{ noun: "evidence" }} onShown={() => put({ seen: true })}
          caption={<><b>{document.type_name}</b><span class="figures">page {at + 1} of {item.pages.length}</span></>} />}
        {item.pages.length > 1 && (
          <div class="strip" aria-label="Pages of this document">
            {item.pages.map((one, index) => (
              <button type="button" key={one.id} aria-pressed={index === at} aria-label={`Page ${index + 1}`} onClick={() => setAt(index)}><Thumb page={one.id} size={one.upright_size} width={48} /><span class="figures">{index + 1}</span></button>
            ))}
          </div>
        )}
      </div>
      <div class="decide-side">
        <ProblemNote problem={doing.problem} />
        <DecisionPanel item={item} choices={choices} candidates={candidates} point={point} choose={choose} deeds={deeds} ready={ready} notice={notice} canUndo />
      </div>
      {asking === "patient" && <Dialog title="Whose document is it?" close={() => setAsking("")} class="chooser"><PatientFinder deed="Choose the patient" onChosen={(patient) => change({ patient })} /></Dialog>}
      {asking === "type" && <TypeChooser close={() => setAsking("")} onChosen={(type) => change({ type })} />}
      {asking === "date" && <DateDialog value={choices.date ?? document.service_date ?? ""} close={() => setAsking("")} onGiven={(date) => change({ date })} />}
      {asking === "hold" && <AskWhy title="Hold it" says="It goes to the end of the queue and keeps your reason." deed="Hold" suggestions={kHoldReasons} close={() => setAsking("")}
        onGiven={(why) => { setAsking(""); store(answer, "hold", { why }); }} />}
    </div>
  );
}

// A patient found by hand stands among the candidates, so that what was chosen is always in sight.
function withChosen(candidates: ReviewCandidate[], chosen: Patient | null): ReviewCandidate[] {
  if (!chosen || candidates.some((one) => one.patient.mrn === chosen.mrn)) return candidates;
  return [...candidates, { patient: chosen, confidence: 0, reasons: [] }];
}

function DateDialog({ value, close, onGiven }: { value: string; close: () => void; onGiven: (date: string) => void }) {
  const [date, setDate] = useState(value);
  const submit = (event: Event) => { event.preventDefault(); if (date) onGiven(date); };
  return (
    <Dialog title="Date of service" close={close}>
      <form class="form" onSubmit={submit}><Field label="Date" type="date" first required value={date} onInput={setDate} />
        <div class="foot-of"><button class="button primary">Set<kbd>Enter</kbd></button></div></form>
    </Dialog>
  );
}
