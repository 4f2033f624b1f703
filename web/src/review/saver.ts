// Stores decisions one after the other while the person goes on. What could not be stored is told with the document it was about.
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api";

export interface Saving { waiting: number; stored: number; failed: { document: string; problem: Problem } | null }

const kRemembered = 50;  // decisions that can be undone from here

export function useSaver(): {
  saving: Saving; save: (document: string, store: () => Promise<{ left?: number }>, onLeft: (left: number) => void) => void;
  settled: () => Promise<unknown>; last: () => string | undefined; clear: () => void;
} {
  const [saving, setSaving] = useState<Saving>({ waiting: 0, stored: 0, failed: null });
  const chain = useRef<Promise<unknown>>(Promise.resolve());
  const decided = useRef<string[]>([]);
  const save = (document: string, store: () => Promise<{ left?: number }>, onLeft: (left: number) => void) => {
    decided.current = [...decided.current, document].slice(-kRemembered);
    setSaving((now) => ({ ...now, waiting: now.waiting + 1 }));
    chain.current = chain.current.then(store).then(
      (answer) => setSaving((now) => {
        if (now.waiting === 1 && answer.left !== undefined) onLeft(answer.left);
        return { ...now, waiting: now.waiting - 1, stored: now.stored + 1 };
      }),
      (error) => {
        decided.current = decided.current.filter((one) => one !== document);
        const problem = error instanceof Problem ? error : new Problem(0, "it was not stored", String(error), true);
        setSaving((now) => ({ ...now, waiting: now.waiting - 1, failed: { document, problem } }));
      });
  };
  return { saving, save, settled: () => chain.current, last: () => decided.current.pop(), clear: () => setSaving((now) => ({ ...now, failed: null })) };
}
