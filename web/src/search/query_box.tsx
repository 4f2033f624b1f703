// The question: typed, sent as one types, with what was asked before and what was saved one key away.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Searches, paths, post, remove, useApi, useDoing } from "../api";
import { Dialog, Field, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Key, List, Row } from "../parts";
import { ago } from "../words";

const kTypingPauseMs = 450;  // every question asked stands in the audit trail: half a word is none

export function QueryBox({ q, busy, send, showHelp }: { q: string; busy: boolean; send: (q: string) => void; showHelp: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const [shown, setShown] = useState<"" | "history" | "save">("");
  const sent = useRef(q);
  useEffect(() => { if (q !== sent.current) { setText(q); sent.current = q; } }, [q]);  // went back or followed a link
  const ask = (value: string) => { sent.current = value; send(value); };
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => ask(text), kTypingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => { if (!q) input.current?.focus(); }, []);
  useKeys([
    { keys: "/", label: "Type a question", run: () => { input.current?.focus(); input.current?.select(); }, group: "Question" },
    { keys: "Escape", label: "Leave the box", run: () => input.current?.blur(), whileTyping: true },
    { keys: "h", label: "Asked before, and saved", run: () => setShown("history"), group: "Question" },
    { keys: "s", label: "Save this question", run: () => { if (q.trim()) setShown("save"); }, group: "Question" },
    { keys: "y", label: "How to ask", run: showHelp, group: "Question" },
  ]);
  const submit = (event: Event) => { event.preventDefault(); if (text !== sent.current) ask(text); input.current?.blur(); };
  return (
    <>
      <form class={`ask ${busy ? "busy" : ""}`} role="search" onSubmit={submit}>
        <svg class="glass" viewBox="0 0 16 16" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6" /></svg>
        <input ref={input} type="search" value={text} placeholder="Search every page" aria-label="Search every page" spellcheck={false}
          autocomplete="off" maxLength={1000} onInput={(event) => setText(event.currentTarget.value)} />
        <Key of="/" />
      </form>
      <div class="ask-deeds">
        <Button k="y" onClick={showHelp}>How to ask</Button>
        <Button k="h" onClick={() => setShown("history")}>Asked before</Button>
        <Button k="s" disabled={!q.trim()} onClick={() => setShown("save")}>Save</Button>
      </div>
      {shown === "history" && <History close={() => setShown("")} take={(one) => { setShown(""); setText(one); ask(one); }} />}
      {shown === "save" && <Save q={q} close={() => setShown("")} />}
    </>
  );
}

function History({ close, take }: { close: () => void; take: (q: string) => void }) {
  return <Dialog title="Asked before, and saved" close={close} class="chooser"><Asked take={take} /></Dialog>;
}

function Asked({ take }: { take: (q: string) => void }) {
  const searches = useApi<Searches>(paths.searches);
  const [at, setAt] = useState(0);
  const doing = useDoing();
  const saved = searches.data?.saved ?? [], recent = searches.data?.recent ?? [];
  const all = [...saved.map((one) => one.q), ...recent.map((one) => one.q)];
  const drop = () => {
    const one = saved[at];
    if (one) void doing.run(async () => { await remove(paths.savedSearch(one.id)); searches.reload(); });
  };
  useKeys([
    { keys: "ArrowDown", label: "Next", run: () => setAt(Math.min(at + 1, all.length - 1)), group: "Questions" },
    { keys: "ArrowUp", label: "Previous", run: () => setAt(Math.max(at - 1, 0)), group: "Questions" },
    { keys: "Enter", label: "Ask it again", run: () => { const q = all[at]; if (q) take(q); }, group: "Questions" },
    { keys: "Delete", label: "Forget the saved question", run: drop, group: "Questions" },
  ]);
  return (
    <div class="finder">
      <ProblemNote problem={searches.problem ?? doing.problem} />
      {searches.data && all.length === 0 && <p class="because">Nothing was asked yet.</p>}
      <List label="Questions" chosen={all.length ? `q${at}` : null} first>
        {saved.map((one, index) => <Row key={one.id} id={`q${index}`} chosen={index === at} onChoose={() => take(one.q)} class="question"><b>{one.name}</b><code>{one.q}</code><small>saved</small></Row>)}
        {recent.map((one, index) => <Row key={`r${index}`} id={`q${saved.length + index}`} chosen={saved.length + index === at} onChoose={() => take(one.q)} class="question"><code>{one.q}</code><small>{ago(one.at)} ago</small></Row>)}
      </List>
      {saved.length > 0 && <div class="foot-of"><Button k="Del" disabled={at >= saved.length} onClick={drop}>Forget</Button></div>}
    </div>
  );
}

function Save({ q, close }: { q: string; close: () => void }) {
  const [name, setName] = useState("");
  const doing = useDoing();
  const submit = async (event: Event) => { event.preventDefault(); if (await doing.run(() => post(paths.searches, { name: name.trim(), q }))) close(); };
  return (
    <Dialog title="Save this question" close={close}>
      <form class="form" onSubmit={submit}>
        <p><code>{q}</code></p>
        <Field label="Name" first required value={name} onInput={setName} maxLength={80} hint="Only you see it." />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy || !name.trim()}>Save<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}
