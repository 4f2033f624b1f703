// Search: a question on the left with the pages that answer it, the page itself on the right with its hits boxed.
// The address holds question and page, so that what one sees can be linked to.
import { useEffect, useRef, useState } from "preact/hooks";
import { type SearchAnswer, type SearchItem, paths, useList } from "./api";
import { useKeys } from "./keys";
import { Button, Chip, Empty, Icon, Key, List, Row, Skeleton, Thumb, Trouble } from "./parts";
import { address, go } from "./route";
import { type Mark, Viewer } from "./viewer";
import { linkWords, plural } from "./words";

const kTypingPauseMs = 180;
const kPerAnswer = 20;
const kExamples: [query: string, meaning: string][] = [
  ["chest pain", "pages with both words"],
  ['"chest pain"', "the words side by side"],
  ["hyper*", "words that begin so"],
  ["aspirin OR heparin", "either word"],
  ["allergy -penicillin", "the first without the second"],
  ["type:lab_report", "one type of document"],
  ["date:2019..2021", "a span of service dates"],
  ["finding:unsigned", "pages with a finding"],
];

export function SearchScreen({ q, page }: { q: string; page: string | null }) {
  const list = useList<SearchItem, SearchAnswer>(q.trim() ? paths.search(q, kPerAnswer) : null, (answer) => answer.items, true);
  const items = q.trim() ? list.items : [];
  const found = items.findIndex((item) => item.page === page);
  const at = found < 0 ? 0 : found;
  const item = list.problem && !list.answer ? undefined : items[at];

  const choose = (index: number) => {
    const next = items[Math.max(0, Math.min(index, items.length - 1))];
    if (next) go(address([], { q, page: next.page }), "replace");
    if (index >= items.length - 3) list.more?.();
  };
  useKeys([
    { keys: "j", label: "Next result", run: () => choose(at + 1), group: "Results" },
    { keys: "k", label: "Previous result", run: () => choose(at - 1), group: "Results" },
    { keys: "ArrowDown", label: "Next result", run: () => choose(at + 1), whileTyping: true },
    { keys: "ArrowUp", label: "Previous result", run: () => choose(at - 1), whileTyping: true },
    { keys: "c", label: "Open the patient's chart", group: "Results",
      run: () => { if (item?.patient) go(address(["chart", item.patient.mrn], { page: item.page })); } },
    { keys: "b", label: "Open the page's batch", group: "Results",
      run: () => { if (item) go(address(["batches", item.batch], { page: item.page })); } },
  ]);

  // The pages next to the one shown are fetched ahead, so that they are there when they are wanted.
  useEffect(() => {
    for (const near of [items[at + 1], items[at - 1]]) if (near) new Image().src = paths.image(near.page, "upright");
  }, [item?.page]);

  return (
    <div class="split">
      <section class="side" aria-label="Results">
        <QueryBox q={q} busy={list.loading} />
        {list.answer && q.trim() && (
          <p class="summary" role="status"><b class="figures">{plural(list.answer.total, "page")}</b>
            <span class="hint"><Key of="j" /><Key of="k" /> move</span></p>
        )}
        {list.answer?.notes.map((note) => <p class="note" key={note}><Icon tone="look" />{note}</p>)}
        <Results q={q} list={list} items={items} at={at} choose={choose} />
      </section>
      {item ? <Hit item={item} /> : <section class="viewer blank" aria-hidden="true"><div class="stage" /></section>}
    </div>
  );
}

function QueryBox({ q, busy }: { q: string; busy: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const sent = useRef(q);
  useEffect(() => {
    if (q !== sent.current) { setText(q); sent.current = q; }  // went back or followed a link
  }, [q]);
  const send = (value: string) => { sent.current = value; go(address([], { q: value }), "replace"); };
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => send(text), kTypingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => { if (!q) input.current?.focus(); }, []);
  useKeys([
    { keys: "/", label: "Type a question", run: () => { input.current?.focus(); input.current?.select(); }, group: "Everywhere" },
    { keys: "Escape", label: "Leave the box", run: () => input.current?.blur(), whileTyping: true },
  ]);
  const submit = (event: Event) => { event.preventDefault(); if (text !== sent.current) send(text); input.current?.blur(); };
  return (
    <form class={`ask ${busy ? "busy" : ""}`} role="search" onSubmit={submit}>
      <svg class="glass" viewBox="0 0 16 16" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6" /></svg>
      <input ref={input} type="search" value={text} placeholder="Search every page" aria-label="Search every page" spellcheck={false}
        autocomplete="off" maxLength={1000} onInput={(event) => setText(event.currentTarget.value)} />
      <Key of="/" />
    </form>
  );
}

type ListOf = ReturnType<typeof useList<SearchItem, SearchAnswer>>;

function Results({ q, list, items, at, choose }: { q: string; list: ListOf; items: SearchItem[]; at: number; choose: (index: number) => void }) {
  if (!q.trim()) return <Examples />;
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
    <List label="Pages found" chosen={items[at]?.page ?? null}>
      {items.map((item, index) => <Result key={item.page} item={item} chosen={index === at} onChoose={() => choose(index)} />)}
      {list.more && <div class="more"><Button onClick={list.more}>More results</Button></div>}
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
        </div>
        <p class="snippet">{item.snippet.map((run, index) => (run.hit ? <mark key={index}>{run.text}</mark> : run.text))}</p>
        <div class="file">{item.file}</div>
      </div>
    </Row>
  );
}

function Hit({ item }: { item: SearchItem }) {
  const marks: Mark[] = item.boxes.map((box) => ({ ...box, label: box.word, tone: "hit" }));
  const of = { page: item.page, upright: item.upright_size, delivered: item.delivered_size, marks };
  const patient = item.patient;
  return (
    <Viewer of={of} start="width" steps={{ noun: "hit" }}
      caption={<>
        {patient && <b>{patient.name}</b>}
        <span>{item.doc_type_name}</span>
        {item.pages_in_document > 0 && <span class="figures">page {item.page_number} of {item.pages_in_document}</span>}
        {item.service_date && <span class="figures">{item.service_date}</span>}
      </>}>
      {patient && <Button k="c" onClick={() => go(address(["chart", patient.mrn], { page: item.page }))} title="Open the patient's chart">Chart</Button>}
      <Button k="b" onClick={() => go(address(["batches", item.batch], { page: item.page }))} title="Open the page's batch">Batch</Button>
    </Viewer>
  );
}

const Examples = () => (
  <Empty title="Ask for words on a page">
    <p>Every word of every scanned page can be found. Begin typing, or try one of these:</p>
    <dl class="examples">
      {kExamples.map(([query, meaning]) => (
        <div key={query}>
          <dt><a href={address([], { q: query })} onClick={(event) => { event.preventDefault(); go(address([], { q: query })); }}>{query}</a></dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  </Empty>
);
