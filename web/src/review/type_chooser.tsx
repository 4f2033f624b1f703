// Choosing a document type by typing a few letters of its name, code or LOINC number.
import { useState } from "preact/hooks";
import { type DocumentType, paths, useApi } from "../api";
import { Dialog } from "../dialog";
import { useKeys } from "../keys";
import { List, Row, Skeleton, Trouble } from "../parts";

// Better the earlier the letters stand; a word's beginning counts more than its middle. -1 = not at all.
function fit(type: DocumentType, text: string): number {
  if (!text) return 0;
  const words = `${type.name} ${type.code.replace(/_/g, " ")} ${type.loinc ?? ""} ${type.section}`.toLowerCase();
  const pieces = text.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const piece of pieces) {
    const start = words.search(new RegExp(`(^|[^a-z0-9])${piece.replace(/[^a-z0-9]/g, "\\$&")}`));
    const any = words.indexOf(piece);
    if (any < 0) return -1;
    sum += start >= 0 ? start : 1000 + any;
  }
  return sum;
}

export function TypeChooser({ close, onChosen }: { close: () => void; onChosen: (type: DocumentType) => void }) {
  return <Dialog title="What is this document?" close={close} class="chooser"><Chooser onChosen={onChosen} /></Dialog>;
}

function Chooser({ onChosen }: { onChosen: (type: DocumentType) => void }) {
  const types = useApi<{ items: DocumentType[] }>(paths.types);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const fitting = (types.data?.items ?? []).map((type) => ({ type, fit: fit(type, text) })).filter((one) => one.fit >= 0).sort((a, b) => a.fit - b.fit).map((one) => one.type);
  const move = (by: number) => setAt(Math.max(0, Math.min(at + by, fitting.length - 1)));
  useKeys([
    { keys: "ArrowDown", label: "Next type", run: () => move(1), whileTyping: true, group: "Types" },
    { keys: "ArrowUp", label: "Previous type", run: () => move(-1), whileTyping: true, group: "Types" },
    { keys: "Enter", label: "Take it", run: () => { const type = fitting[at]; if (type) onChosen(type); }, whileTyping: true, group: "Types", once: true },
  ]);
  return (
    <div class="finder">
      <div class="ask"><input data-first type="search" value={text} aria-label="Type" placeholder="A few letters" autocomplete="off" spellcheck={false} maxLength={60}
        onInput={(event) => { setText(event.currentTarget.value); setAt(0); }} /></div>
      {types.problem && <Trouble problem={types.problem} retry={types.retry} />}
      {types.loading && <Skeleton rows={4} />}
      <List label="Document types" chosen={fitting[at]?.code ?? null}>
        {fitting.map((type, index) => (
          <Row key={type.code} id={type.code} chosen={index === at} onChoose={() => onChosen(type)} class="type"><b>{type.name}</b><small>{type.section}{type.loinc ? ` · ${type.loinc}` : ""}</small></Row>
        ))}
      </List>
    </div>
  );
}
