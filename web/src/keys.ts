// Every key in one place: a screen says what its keys do while it is shown, and `?` lists exactly those.
// A dialogue lies on a layer above its screen: while it is open only its keys work.
import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { preferences } from "./prefs";

export interface KeyAction { keys: string; label: string; run: () => void; group?: string; whileTyping?: boolean;
  once?: boolean }  // a key held down does it once: nothing is decided unseen
interface Entry { actions: KeyAction[]; layer: number }

export const Layer = createContext(0);

const shown = new Set<{ current: Entry }>();
let pending = ""; // first key of a sequence such as "g s"
let pendingSince = 0;
const kSequenceMs = 1200;

export function useKeys(actions: KeyAction[]): void {
  const layer = useContext(Layer);
  const entry = useRef<Entry>({ actions, layer });
  entry.current = { actions, layer };
  // Not after the next paint: a key pressed right behind another would find the keys of a dialogue that is gone.
  useLayoutEffect(() => {
    shown.add(entry);
    return () => { shown.delete(entry); };
  }, []);
}

export function allKeys(): KeyAction[] {
  const entries = [...shown].map((entry) => entry.current);
  const top = Math.max(0, ...entries.map((entry) => entry.layer));
  return entries.filter((entry) => entry.layer === top).flatMap((entry) => entry.actions);
}
// For the list of keys, which lies above the screen it tells of.
export const keysOfLayer = (layer: number) => [...shown].filter((entry) => entry.current.layer === layer).flatMap((entry) => entry.current.actions);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
    || (target.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type)));
}

// What a focused control does with the key itself.
function belongsToControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.key === "Enter" || event.key === " ") return event.target.closest("button, a, summary, input[type=checkbox], input[type=radio]") !== null;
  return event.key.startsWith("Arrow") && event.target.closest("input[type=radio], [role=slider]") !== null;
}

function handle(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  const typing = isTyping(event.target);
  const printable = event.key.length === 1;
  if (printable && !preferences().singleKeys) return;  // WCAG 2.1.4: who speaks to the computer can switch single letters off
  const sequence = pending && Date.now() - pendingSince < kSequenceMs ? `${pending} ${event.key}` : event.key;
  // The screen that came last is asked first.
  const actions = allKeys().reverse().filter((action) => !typing || action.whileTyping);
  const match = actions.find((action) => action.keys === sequence) ?? actions.find((action) => action.keys === event.key);
  pending = "";
  if (match) {
    if (belongsToControl(event)) return;
    event.preventDefault();
    if (!(event.repeat && match.once)) match.run();
  } else if (!typing && actions.some((action) => action.keys.startsWith(event.key + " "))) {
    pending = event.key;
    pendingSince = Date.now();
  }
}

export function startKeys(): void { addEventListener("keydown", handle); }
