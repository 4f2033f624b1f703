// A dialogue above the screen: its keys go first, Escape leaves it, and the focus returns to where it was.
import type { ComponentChildren } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "./api";
import { Layer, useKeys } from "./keys";
import { Button, Icon, Key } from "./parts";

interface Props { title: string; close: () => void; class?: string; children: ComponentChildren }

export function Dialog({ title, close, class: name = "", children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const layer = useContext(Layer);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = element.current!;
    dialog.showModal();
    const first = dialog.querySelector<HTMLElement>("[data-first]");
    first?.focus();
    // What cannot be used yet cannot be focused: then nothing is, and Enter does not close what was opened to be answered.
    if (first && document.activeElement !== first) dialog.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <Layer.Provider value={layer + 1}>
      {/* A browser may close it without asking, such as at a second Escape in a row. */}
      <dialog ref={element} tabIndex={-1} class={`dialog ${name}`} aria-label={title} onCancel={(event) => { event.preventDefault(); close(); }} onClose={() => { if (element.current?.isConnected) close(); }}
        onClick={(event) => { if (event.target === element.current) close(); }}>
        <OwnKeys />
        <div class="dialog-head"><h2>{title}</h2><Button k="Esc" onClick={close}>Close</Button></div>
        {children}
      </dialog>
    </Layer.Provider>
  );
}

// A dialogue without keys of its own still keeps those of the screen below from working.
function OwnKeys() {
  useKeys([]);
  return null;
}

export const ProblemNote = ({ problem }: { problem: Problem | null }) => problem && (
  <div class="note stop" role="alert">
    <Icon tone="stop" />
    <div>
      <b>{problem.title.replace(/^./, (c) => c.toUpperCase())}.</b> {problem.detail}
      {problem.reasons.length > 0 && <ul>{problem.reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>}
      {problem.right && <p>The right <b>{problem.right}</b> is missing. Whoever keeps the users can grant a role that has it.</p>}
    </div>
  </div>
);

// Form controls: the label is always there, above.
export function Field(props: {
  label: string; value: string; onInput: (value: string) => void; type?: "text" | "password" | "number" | "date"; hint?: string; required?: boolean; autocomplete?: string; first?: boolean;
  minLength?: number; maxLength?: number; min?: number; pattern?: string; placeholder?: string; rows?: number;
}) {
  const { label, value, onInput, type = "text", hint, required = false, first = false, rows } = props;
  const rest = {
    value, required, "data-first": first || undefined, minLength: props.minLength, maxLength: props.maxLength ?? 500, placeholder: props.placeholder,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span>{label}</span>
      {rows ? <textarea rows={rows} {...rest} /> : <input type={type as "text"} {...rest} autocomplete={(props.autocomplete ?? "off") as "off"} spellcheck={false} min={props.min} pattern={props.pattern} />}
      {hint && <small>{hint}</small>}
    </label>
  );
}

export function Choice({ label, k, value, of, onChange }: { label: string; k?: string; value: string; of: [value: string, name: string][]; onChange: (value: string) => void }) {
  return (
    <label class="field">
      <span>{label}{k && <> <Key of={k} /></>}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>{of.map(([code, name]) => <option key={code} value={code}>{name}</option>)}</select>
    </label>
  );
}

// A deed that needs a reason: it stands in the audit trail.
export function AskWhy(props: {
  title: string; says?: ComponentChildren; deed: string; close: () => void; busy?: boolean; problem?: Problem | null; suggestions?: string[]; shortest?: number; children?: ComponentChildren;
  onGiven: (why: string) => void;
}) {
  const [why, setWhy] = useState("");
  const submit = (event: Event) => { event.preventDefault(); if (why.trim().length >= (props.shortest ?? 1)) props.onGiven(why.trim()); };
  return (
    <Dialog title={props.title} close={props.close}>
      <form class="form" onSubmit={submit}>
        {props.says && <p>{props.says}</p>}
        {props.children}
        <Field label="Reason" first required value={why} onInput={setWhy} maxLength={300} hint="It is kept in the audit trail with your name." />
        {props.suggestions && (
          <div class="suggestions">{props.suggestions.map((one) => <button type="button" class="button" key={one} onClick={() => setWhy(one)}>{one}</button>)}</div>
        )}
        {props.problem && <ProblemNote problem={props.problem} />}
        <div class="foot-of"><button class="button primary" disabled={props.busy || why.trim().length < (props.shortest ?? 1)}>{props.deed}<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}
