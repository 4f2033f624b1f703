// What the server tells by itself (server-sent events). A tab that nobody looks at does not listen: a browser has only a few
// connections for each server, and what was missed is told anew when the tab is looked at again.
import { useEffect, useRef, useState } from "preact/hooks";

export type Hearing = "connecting" | "live" | "lost";
const kAgainMs = 3000;

export function useEvents<T>(url: string | null, event: string, hear: (news: T) => void): Hearing {
  const [hearing, setHearing] = useState<Hearing>("connecting");
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    if (url === null) return;
    let source: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    const close = () => { clearTimeout(again); source?.close(); source = null; };
    const open = () => {
      close();
      if (document.hidden) return;
      source = new EventSource(url);
      source.onopen = () => setHearing("live");
      source.onerror = () => { setHearing("lost"); close(); again = setTimeout(open, kAgainMs); };
      source.addEventListener(event, (message) => latest.current(JSON.parse((message as MessageEvent<string>).data) as T));
    };
    document.addEventListener("visibilitychange", open);
    open();
    return () => { document.removeEventListener("visibilitychange", open); close(); };
  }, [url, event]);
  return hearing;
}
