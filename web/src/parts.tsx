// Small pieces that every screen shares: buttons with their keys, chips, thumbnails, and the designed states of a list
// that is empty, loading or broken.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Finding, type ImageKind, type Problem, type Size, ask, paths } from "./api";
import { type Tone, findingWords } from "./words";

export const Key = ({ of }: { of: string }) => <kbd>{of}</kbd>;

export function Button(props: {
  k?: string; onClick: () => void; pressed?: boolean; disabled?: boolean; title?: string; primary?: boolean; first?: boolean; children: ComponentChildren;
}) {
  return (
    <button type="button" class={props.primary ? "button primary" : "button"} aria-pressed={props.pressed} disabled={props.disabled} title={props.title}
      data-first={props.first || undefined} onClick={props.onClick}>
      {props.children}
      {props.k && <Key of={props.k} />}
    </button>
  );
}

// Colour is never alone: each tone has its own shape.
const kShapes: Record<Tone, string> = {
  fine: "M3 8.5l3.2 3.2L13 4.8",
  look: "M8 3v6.2M8 12.6v.4",
  stop: "M4 4l8 8M12 4l-8 8",
  held: "M5.5 3.5v9M10.5 3.5v9",
  quiet: "M3.5 8h9",
};
export const Icon = ({ tone }: { tone: Tone }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={kShapes[tone]} /></svg>
);

export const Chip = ({ tone, title, children }: { tone: Tone; title?: string; children: ComponentChildren }) => (
  <span class={`chip ${tone}`} title={title}><Icon tone={tone} />{children}</span>
);

export function Findings({ of, short = false }: { of: Finding[]; short?: boolean }) {
  if (of.length === 0) return null;
  const shown = short ? of.slice(0, 1) : of;
  return (
    <span class="chips">
      {shown.map((finding) => {
        const [label, tone] = findingWords(finding.code);
        return <Chip key={finding.code} tone={tone} title={finding.detail}>{label}</Chip>;
      })}
      {shown.length < of.length && <span class="chip quiet" title={of.map((finding) => findingWords(finding.code)[0]).join(", ")}>+{of.length - shown.length}</span>}
    </span>
  );
}

const kThumbPixels = 240;  // one size for all, so that each is made once: sharp on dense screens at up to 120 px

// A page at a glance. Its frame is there at once, in the page's own shape; the image follows.
// `version`: when it changes the image is fetched again; a browser would show the old one from memory, whose address is the same.
export function Thumb({ page, size, width, kind = "upright", version = "" }: { page: string; size?: Size; width: number; kind?: ImageKind; version?: string }) {
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const first = useRef(version);
  const [anew, setAnew] = useState<string | null>(null);
  useEffect(() => {
    if (version === first.current) return;
    let url: string | null = null;
    const abort = new AbortController();
    ask("GET", paths.image(page, kind, kThumbPixels), { signal: abort.signal, background: true })
      .then((response) => response.blob()).then((blob) => { url = URL.createObjectURL(blob); setAnew(url); }, () => {});
    return () => { abort.abort(); if (url) URL.revokeObjectURL(url); };
  }, [version]);
  const known = size && size[0] > 0 && size[1] > 0 ? size : null;
  const height = Math.min(Math.round(known ? (width * known[1]) / known[0] : width * 1.29), Math.round(width * 1.5));
  return (
    <span class={`thumb ${state}`} style={{ width: `${width}px`, height: `${height}px` }}>
      {state === "broken" ? (
        <Icon tone="stop" />
      ) : (
        <img src={anew ?? paths.image(page, kind, kThumbPixels)} width={width} height={height} alt="" loading="lazy" decoding="async"
          onLoad={() => setState("shown")} onError={() => setState("broken")} />
      )}
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <svg class="paper" viewBox="0 0 64 64" aria-hidden="true">
        <path d="M16 6h22l12 12v40H16z" /><path d="M38 6v12h12" /><path d="M24 30h16M24 38h18M24 46h10" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Trouble({ problem, retry }: { problem: Problem; retry: () => void }) {
  const sentence = problem.title.charAt(0).toUpperCase() + problem.title.slice(1);
  return (
    <div class="state trouble" role="alert">
      <Icon tone="stop" />
      <h2>{sentence}</h2>
      <p>{problem.detail}</p>
      {problem.right && <p>It needs the right <b>{problem.right}</b>. Whoever keeps the users can grant a role that has it.</p>}
      {(problem.retry || problem.status === 0 || problem.status >= 500) && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

export const Skeleton = ({ rows }: { rows: number }) => (
  <div class="skeleton" aria-label="loading" role="status">
    {Array.from({ length: rows }, (_, row) => <div class="bones" key={row}><i /><span><b /><b /><b /></span></div>)}
  </div>
);

// The list keeps the focus; its rows are named to assistive technology as the choice moves. `after`: below the rows, none of them.
export function List({ label, chosen, first = false, after, children }: {
  label: string; chosen: string | null; first?: boolean; after?: ComponentChildren; children: ComponentChildren;
}) {
  return (
    <div class="list">
      <div class="rows" role="listbox" tabIndex={0} data-first={first || undefined} aria-label={label} aria-activedescendant={chosen ? `row-${chosen}` : undefined}>{children}</div>
      {after}
    </div>
  );
}

// A list item that scrolls itself into view when it becomes the chosen one.
export function Row(props: { id: string; chosen: boolean; onChoose: () => void; class?: string; label?: string; children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.chosen) element.current?.scrollIntoView({ block: "nearest" });
  }, [props.chosen]);
  return (
    <div ref={element} id={`row-${props.id}`} role="option" aria-selected={props.chosen} aria-label={props.label} class={`row ${props.class ?? ""}`} onClick={props.onChoose}>
      {props.children}
    </div>
  );
}

const kMeterPixels = 36;

export const Meter = ({ of }: { of: number }) => (
  <span class="meter" title={`confidence ${of.toFixed(2)}`}>
    <i style={{ width: `${Math.round(Math.max(0, Math.min(1, of)) * kMeterPixels)}px` }} /><em>{of.toFixed(2)}</em>
  </span>
);
