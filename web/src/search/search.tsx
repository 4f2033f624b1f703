// Search: a question on the left with the pages that answer it, the page itself on the right with its hits boxed.
// The address holds the page; the question is kept in the history, since it may name a patient.
import { useEffect, useState } from "preact/hooks";
import { type SearchAnswer, type SearchItem, paths, useList } from "../api";
import { Choice, Dialog } from "../dialog";
import { preload } from "../image/image_store";
import { type Mark, Viewer } from "../image/viewer";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Icon, List, Row, Skeleton, Thumb, Trouble } from "../parts";
import { address, go } from "../route";
import { may } from "../session";
import { count, linkWords, plural } from "../words";
import { ExportDialog, type Purpose } from "./export";
import { FacetRows } from "./facets";
import { Examples } from "./help";
import { QueryBox } from "./query_box";

const kPerAnswer = 20;
type Group = "page" | "document" | "chart";
interface Shown { item: SearchItem; heading: string | null }  // heading: where a group begins

export function SearchScreen({ q, page }: { q: string; page: string | null }) {
  const [group, setGroup] = useState<Group>("page");
  const [sort, setSort] = useState("relevance");
  const [facets, setFacets] = useState(true);
  const [shown, setShown] = useState<"" | "help" | Purpose>("");
  const path = q.trim() ? paths.search(q, { limit: kPerAnswer, group: group === "page" ? "" : group, sort: sort === "relevance" ? "" : sort, facets: true }) : null;
  const list = useList<Shown, SearchAnswer>(path, shownOf, true);
  const items = q.trim() ? list.items : [];
  const found = items.findIndex(({ item }) => item.page === page);
  const at = found < 0 ? 0 : found;
  const item = list.problem && !list.answer ? undefined : items[at]?.item;

  const send = (next: string) => go(address(["search"]), q.trim() ? "push" : "replace", { q: next });
  const choose = (index: number) => {
    const next = items[Math.max(0, Math.min(index, items.length - 1))];
    if (next) go(address(["search"], { page: next.item.page }), "replace", { q });
    if (index >= items.length - 3) list.more?.();
  };
  const chart = () => { if (item?.patient && may("view")) go(address(["chart", item.patient.mrn], { page: item.page })); };
  useKeys([
    { keys: "j", label: "Next result", run: () => choose(at + 1), group: "Results" },
    { keys: "k", label: "Previous result", run: () => choose(at - 1), group: "Results" },
    { keys: "ArrowDown", label: "Next result", run: () => choose(at + 1), whileTyping: true },
    { keys: "ArrowUp", label: "Previous result", run: () => choose(at - 1), whileTyping: true },
    { keys: "f", label: "Show or hide the counts", run: () => setFacets(!facets), group: "Results" },
    { keys: "c", label: "Open the patient's chart", group: "Results", run: chart },
    { keys: "b", label: "Open the page's batch", group: "Results", run: () => { if (item && may("batch-work")) go(address(["batches", item.batch], { page: item.page })); } },
    ...(may("print") ? [{ keys: "P", label: "Print, with a reason", run: () => { if (item?.document) setShown("print"); }, group: "Results" }] : []),
    ...(may("export") ? [{ keys: "E", label: "Export, with a reason", run: () => { if (item?.document) setShown("export"); }, group: "Results" }] : []),
  ]);

  // The pages next to the one shown are fetched ahead, so that they are there when they are wanted.
  useEffect(() => { for (const near of [items[at + 1], items[at - 1]]) preload(near && { id: near.item.page, upright_size: near.item.upright_size }); }, [item?.page]);

  return (
    <div class="split">
      <section class="side" aria-label="Results">
        <h1 class="unseen">Search</h1>
        <QueryBox q={q} busy={list.loading} send={send} showHelp={() => setShown("help")} />
        {list.answer && q.trim() && (
          <div class="summary">
            <p role="status"><b class="figures">{foundWords(list.answer, group)}</b></p>
            <div class="narrow">
              <Choice label="Group by" value={group} of={[["page", "Pages"], ["document", "Documents"], ["chart", "Charts"]]} onChange={(next) => setGroup(next as Group)} />
              <Choice label="Order" value={sort} of={[["relevance", "Best first"], ["date", "Newest first"], ["oldest", "Oldest first"]]} onChange={setSort} />
              <Button k="f" pressed={facets} onClick={() => setFacets(!facets)}>Counts</Button>
            </div>
          </div>
        )}
        {list.answer?.notes.map((note) => <p class="note" key={note}><Icon tone="look" />{note}</p>)}
        {facets && q.trim() && list.answer?.facets && <FacetRows facets={list.answer.facets} q={q} send={send} />}
        <Results q={q} list={list} items={items} at={at} choose={choose} send={send} />
      </section>
      {item ? <Hit item={item} chart={chart} out={setShown} /> : <section class="viewer blank" aria-hidden="true"><div class="stage" /></section>}
      {shown === "help" && <Dialog title="How to ask" close={() => setShown("")}><div class="form"><Examples take={(next) => { setShown(""); send(next); }} /></div></Dialog>}
      {(shown === "print" || shown === "export") && item && <ExportDialog purpose={shown} of={{ page: item.page, document: item.document }} close={() => setShown("")} />}
    </div>
  );
}

const foundWords = (answer: SearchAnswer, group: Group) =>
  (group === "page" || answer.total_groups === undefined ? plural(answer.total, "page") : `${plural(answer.total_groups, group)}, ${plural(answer.total, "page")}`) + (answer.total_exact === false ? " or more" : "");

// Groups lie in the list as headings, so that the keys go through pages whatever the grouping.
function shownOf(answer: SearchAnswer): Shown[] {
  if (!answer.groups) return answer.items.map((item) => ({ item, heading: null }));
  return answer.groups.flatMap((group) => group.items.map((item, index) => ({ item, heading: index ? null : headingOf(group) })));
}
const headingOf = (group: NonNullable<SearchAnswer["groups"]>[number]) =>
  [group.patient?.name ?? (group.document ? "No patient" : "Pages in no chart"), group.document?.type_name, group.document?.service_date, plural(group.total, "page")].filter(Boolean).join(" · ");

type ListOf = ReturnType<typeof useList<Shown, SearchAnswer>>;

function Results({ q, list, items, at, choose, send }: { q: string; list: ListOf; items: Shown[]; at: number; choose: (index: number) => void; send: (q: string) => void }) {
  if (!q.trim()) {
    return (
      <Empty title="Ask for words on a page">
        <p>Every word of every scanned page can be found. Begin typing, or try one of these:</p>
        <Examples take={send} />
      </Empty>
    );
  }
  if (list.problem) return <Trouble problem={list.problem} retry={list.retry} />;
  if (!list.answer) return <Skeleton rows={6} />;
  if (items.length === 0) {
    return (
      <Empty title="No page says this">
        <p>Try fewer words, the beginning of a word with <code>*</code>, or <code>OR</code> between words.</p>
      </Empty>
    );
  }
  return (
    <List label="Pages found" chosen={items[at]?.item.page ?? null} after={list.more && <div class="more"><Button onClick={list.more}>More results</Button></div>}>
      {items.map(({ item, heading }, index) => (
        <>
          {heading && <h2 class="group-heading" role="presentation">{heading}</h2>}
          <Result key={item.page} item={item} chosen={index === at} onChoose={() => choose(index)} />
        </>
      ))}
    </List>
  );
}

function Result({ item, chosen, onChoose }: { item: SearchItem; chosen: boolean; onChoose: () => void }) {
  const [label, tone] = linkWords(item.link_status);
  return (
    <Row id={item.page} chosen={chosen} onChoose={onChoose} class="result">
      <Thumb page={item.page} size={item.upright_size} width={64} />
      <div class="facts">
        <div class="who">
          {item.patient ? <><b>{item.patient.name}</b><span class="mrn">{item.patient.mrn}</span></> : <Chip tone={tone}>{label}</Chip>}
        </div>
        <div class="what">
          <span>{item.doc_type_name}</span>
          {item.service_date && <span class="figures">{item.service_date}</span>}
          {item.pages_in_document > 1 && <span class="figures">p {item.page_number}/{item.pages_in_document}</span>}
          {item.similar === true && <Chip tone="look" title="The words stand there in a similar spelling">similar</Chip>}
        </div>
        <p class="snippet">{item.snippet.map((run, index) => (run.hit ? <mark key={index}>{run.text}</mark> : run.text))}</p>
      </div>
    </Row>
  );
}

function Hit({ item, chart, out }: { item: SearchItem; chart: () => void; out: (purpose: Purpose) => void }) {
  const marks: Mark[] = item.boxes.map((box) => ({ ...box, label: box.word, tone: "hit" }));
  const of = { page: item.page, upright: item.upright_size, delivered: item.delivered_size, marks };
  const patient = item.patient;
  return (
    <Viewer of={of} start="width" steps={{ noun: "hit" }} label={`Page ${item.page_number} of ${item.pages_in_document}, ${count(item.boxes.length)} hits marked. Arrow keys move it.`}
      caption={<>
        {patient && <b>{patient.name}</b>}
        <span>{item.doc_type_name}</span>
        {item.pages_in_document > 0 && <span class="figures">page {item.page_number} of {item.pages_in_document}</span>}
        {item.service_date && <span class="figures">{item.service_date}</span>}
      </>}>
      {patient && may("view") && <Button k="c" onClick={chart} title="Open the patient's chart">Chart</Button>}
      {may("print") && item.document && <Button k="P" onClick={() => out("print")} title="Print, with a reason">Print</Button>}
      {may("export") && item.document && <Button k="E" onClick={() => out("export")} title="Export as PDF, with a reason">Export</Button>}
    </Viewer>
  );
}
