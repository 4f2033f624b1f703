// A batch as it grows: what was there when the screen opened, and every page the server tells of since, in feeding order.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Batch, type BatchNews, type BatchPages, type Problem, type Scan, type Thumbnail, get, paths } from "../api";
import { type Hearing, useEvents } from "../events";

export interface Live {
  batch: Batch | null; pages: Thumbnail[]; scan: Scan | null; rates: number[]; hearing: Hearing; problem: Problem | null; reload: () => void;
}

const kFirstPages = 1000;
const kRates = 60;  // sides/min, one a second at most, for the plot

export function useLiveBatch(id: string): Live {
  const pages = useRef(new Map<string, Thumbnail>());
  const [state, setState] = useState<{ batch: Batch | null; order: Thumbnail[]; scan: Scan | null; rates: number[] }>({ batch: null, order: [], scan: null, rates: [] });
  const [problem, setProblem] = useState<Problem | null>(null);
  const lastRate = useRef(0);
  const asked = useRef(0), heard = useRef(0);  // questions, and events

  const merge = (news: Thumbnail[]) => {
    for (const page of news) pages.current.set(page.id, page);
    return [...pages.current.values()].sort((a, b) => a.sequence - b.sequence);
  };
  // An answer may be older than what the server told since the question, and than the answer to a later one: then it is left alone.
  const load = async () => {
    const question = ++asked.current, news = heard.current;
    const isLatest = () => question === asked.current && news === heard.current;
    try {
      let answer = await get<BatchPages>(paths.batch(id, kFirstPages), { background: true });
      const { batch } = answer, found = [...answer.pages];
      while (answer.next && isLatest()) {
        answer = await get<BatchPages>(`${paths.batch(id, kFirstPages)}&cursor=${encodeURIComponent(answer.next)}`, { background: true });
        found.push(...answer.pages);
      }
      if (!isLatest()) return;
      const order = merge(found);
      setState((now) => ({ ...now, batch, order }));
      setProblem(null);
    } catch (error) {
      if (isLatest()) setProblem(error as Problem);
    }
  };
  useEffect(() => { void load(); }, [id]);
  const hearing = useEvents<BatchNews>(paths.batchEvents(id), "batch", (news) => {
    heard.current += 1;
    setProblem(null);
    const order = merge(news.pages);
    setState((now) => {
      const due = news.scan?.state === "feeding" && Date.now() - lastRate.current > 900;
      if (due) lastRate.current = Date.now();
      return { batch: news.batch, order, scan: news.scan, rates: due ? [...now.rates, news.scan!.sides_per_min].slice(-kRates) : now.rates };
    });
  });
  return { batch: state.batch, pages: state.order, scan: state.scan, rates: state.rates, hearing, problem, reload: () => void load() };
}
