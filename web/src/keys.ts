// Every key in one place: a screen says what its keys do while it is shown, and `?` lists exactly those.
import { useEffect, useRef } from "preact/hooks";

export interface KeyAction { keys: string; label: string; run: () => void; group?: string; whileTyping?: boolean }

const shown = new Set<{ current: KeyAction[] }>();
let pending = ""; // first key of a sequence such as "g s"
let pendingSince = 0;
const kSequenceMs = 1200;

export function useKeys(actions: KeyAction[]): void {
  const entry = useRef<KeyAction[]>(actions);
  entry.current = actions;
  useEffect(() => {
    shown.add(entry);
    return () => { shown.delete(entry); };
  }, []);
}

export function allKeys(): KeyAction[] {
  return [...shown].flatMap((entry) => entry.current);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function handle(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = isTyping(event.target);
  const sequence = pending && Date.now() - pendingSince < kSequenceMs ? `${pending} ${event.key}` : event.key;
  // The screen that came last is asked first: a dialogue's keys go before the keys under it.
  const actions = allKeys().reverse().filter((action) => !typing || action.whileTyping);
  const match = actions.find((action) => action.keys === sequence) ?? actions.find((action) => action.keys === event.key);
  pending = "";
  if (match) {
    // Enter and Space on a focused button or link belong to it.
    if ((event.key === "Enter" || event.key === " ") && event.target instanceof HTMLElement && event.target.closest("button, a")) return;
    event.preventDefault();
    match.run();
  } else if (!typing && actions.some((action) => action.keys.startsWith(event.key + " "))) {
    pending = event.key;
    pendingSince = Date.now();
  }
}

export function startKeys(): void { addEventListener("keydown", handle); }
