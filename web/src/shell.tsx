// The quiet frame around the screens: where one is, which archive, how many pages wait, and all keys on `?`.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Status, paths, useApi } from "./api";
import { allKeys, useKeys } from "./keys";
import { Button, Chip, Key } from "./parts";
import { go } from "./route";
import { count } from "./words";

const kScreens = [
  { name: "Search", path: "/", keys: "g s" },
  { name: "Chart", path: "/chart", keys: "g c" },
  { name: "Batches", path: "/batches", keys: "g b" },
];

export function Shell({ at, children }: { at: string; children: ComponentChildren }) {
  const [help, setHelp] = useState(false);
  useKeys([
    ...kScreens.map((screen) => ({ keys: screen.keys, label: screen.name, run: () => go(screen.path), group: "Go to" })),
    { keys: "?", label: "All keys", run: () => setHelp(!help), group: "Everywhere" },
  ]);
  return (
    <div class="shell">
      <header class="top">
        <a class="brand" href="/" onClick={follow("/")}><Mark />Chartscan</a>
        <nav aria-label="Screens">
          {kScreens.map((screen) => (
            <a key={screen.path} href={screen.path} aria-current={at === screen.name ? "page" : undefined} onClick={follow(screen.path)}>
              {screen.name}<Key of={screen.keys} />
            </a>
          ))}
        </nav>
        <ArchiveState />
        <Button k="?" onClick={() => setHelp(true)}>Keys</Button>
      </header>
      <main>{children}</main>
      {help && <Help close={() => setHelp(false)} />}
    </div>
  );
}

const follow = (path: string) => (event: MouseEvent) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(path);
};

const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <path class="sheet" d="M8 4h11l6 6v18H8z" /><path class="fold" d="M19 4v6h6" /><path class="beam" d="M4 18h24" />
  </svg>
);

function ArchiveState() {
  const status = useApi<Status>(paths.status);
  if (status.problem) return <div class="archive"><Chip tone="stop" title={status.problem.detail}>No connection</Chip></div>;
  if (!status.data) return <div class="archive" />;
  const { archive, ledger } = status.data;
  return (
    <div class="archive">
      <span>archive <b>{archive}</b></span>
      <span class="figures">{count(ledger.fed)} pages</span>
      {ledger.waiting > 0 && <Chip tone="held">{count(ledger.waiting)} being read</Chip>}
      {ledger.review > 0 && <Chip tone="look" title="Pages that wait for a person">{count(ledger.review)} in review</Chip>}
    </div>
  );
}

function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  useKeys([{ keys: "Escape", label: "Close", run: close }, { keys: "?", label: "Close", run: close }]);
  const groups = new Map<string, Map<string, string>>();
  for (const action of allKeys()) {
    if (!action.group) continue;
    const group = groups.get(action.group) ?? new Map<string, string>();
    groups.set(action.group, group.set(action.keys, action.label));
  }
  return (
    <dialog ref={dialog} class="help" aria-label="All keys" onClose={close} onClick={(event) => { if (event.target === dialog.current) close(); }}>
      <header><h2>Keys on this screen</h2><Button k="Esc" onClick={close}>Close</Button></header>
      <div class="columns">
        {[...groups].map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>{[...keys].map(([key, label]) => <div key={key}><dt>{key.split(" ").map((part) => <Key key={part} of={part} />)}</dt><dd>{label}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
