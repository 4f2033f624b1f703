// The patient's stays along the years, with a mark for each document: where the chart is thick, and what belongs to which stay.
import type { Chart, ChartDocument } from "../api";
import { plural } from "../words";

const kWidth = 1000, kHeight = 34;

export function Timeline({ chart, documents, chosen, choose }: { chart: Chart; documents: ChartDocument[]; chosen: ChartDocument | undefined; choose: (document: ChartDocument) => void }) {
  const stays = (chart.encounters ?? []).filter((one) => !one.cancelled && one.admitted);
  const dated = documents.filter((one) => one.service_date);
  const days = [...stays.flatMap((one) => [one.admitted, one.discharged || one.admitted]), ...dated.map((one) => one.service_date!)].map(dayOf).filter((day) => !Number.isNaN(day));
  if (days.length === 0) return null;
  const first = Math.min(...days), last = Math.max(...days), span = Math.max(1, last - first);
  const x = (day: number) => 12 + ((kWidth - 24) * (day - first)) / span;
  return (
    <div class="timeline">
      <svg viewBox={`0 0 ${kWidth} ${kHeight}`} preserveAspectRatio="none" role="img" aria-label={`${plural(stays.length, "stay")} and ${plural(dated.length, "dated document")} from ${yearOf(first)} to ${yearOf(last)}`}>
        <line class="rule" x1="0" x2={kWidth} y1="24" y2="24" />
        {stays.map((stay) => (
          <rect key={stay.visit} class="stay" x={x(dayOf(stay.admitted))} width={Math.max(6, x(dayOf(stay.discharged || stay.admitted)) - x(dayOf(stay.admitted)))} y="6" height="12" rx="2">
            <title>{`${stay.class} ${stay.location} ${stay.admitted} to ${stay.discharged || "now"}, ${stay.attending}, ${plural(stay.documents.length, "document")}`}</title>
          </rect>
        ))}
        {dated.map((one) => (
          <rect key={one.id} class={one === chosen ? "tick chosen" : "tick"} x={x(dayOf(one.service_date!)) - (one === chosen ? 3 : 1.5)} width={one === chosen ? 6 : 3} y="18" height="12" onClick={() => choose(one)}>
            <title>{`${one.type_name} ${one.service_date}`}</title>
          </rect>
        ))}
      </svg>
      <p class="figures"><span>{yearOf(first)}</span><span>{stays.length ? plural(stays.length, "stay") : ""}</span><span>{yearOf(last)}</span></p>
    </div>
  );
}

const dayOf = (date: string) => Date.parse(date.slice(0, 10)) / 86_400_000;
const yearOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

export const stayOf = (chart: Chart | null, document: ChartDocument) => chart?.encounters?.find((one) => one.documents.includes(document.id));
