// How many of the pages found are of which type, year, facility and standing; a click narrows the question.
import type { Facets, FacetValue } from "../api";
import { count, linkWords, pageStateWords } from "../words";

const kShown = 4;

// The words that a value adds to the question; a second click takes them away.
const quoted = (value: string) => (/^[\w.-]+$/.test(value) ? value : `"${value.replace(/"/g, "")}"`);
const terms: Record<keyof Facets, (value: string) => string> = {
  type: (value) => `type:${quoted(value)}`, year: (value) => `date:${value}`, facility: (value) => `facility:${quoted(value)}`, status: (value) => `status:${value}`,
};
export const narrowed = (q: string, term: string) => {
  const words = ` ${q} `;
  return (words.includes(` ${term} `) ? words.replace(` ${term} `, " ") : `${words} ${term}`).replace(/\s+/g, " ").trim();
};

const statusName = (value: string) => { const [link] = linkWords(value); return ["auto", "person", "review", "none"].includes(value) ? link : pageStateWords(value)[0]; };

export function FacetRows({ facets, q, send }: { facets: Facets; q: string; send: (q: string) => void }) {
  const row = (name: string, kind: keyof Facets, label: (one: FacetValue) => string) => {
    const values = facets[kind].filter((one) => one.value !== null).slice(0, kShown);
    if (values.length === 0) return null;
    const most = Math.max(...values.map((one) => one.pages));
    return (
      <section key={kind}>
        <h2>{name}</h2>
        <ul>
          {values.map((one) => {
            const term = terms[kind](one.value!);
            const on = ` ${q} `.includes(` ${term} `);
            return (
              <li key={one.value}>
                <button type="button" aria-pressed={on} onClick={() => send(narrowed(q, term))} title={on ? `Take ${term} away` : `Only ${term}`}>
                  <span>{label(one)}</span><b class="figures">{count(one.pages)}</b><i style={{ width: `${Math.max(3, (100 * one.pages) / most)}%` }} />
                </button>
              </li>
            );
          })}
        </ul>
      </section>
    );
  };
  return (
    <div class="facets" aria-label="Narrow the question" role="group">
      {row("Type", "type", (one) => one.name ?? one.value!)}
      {row("Year", "year", (one) => one.value!)}
      {row("Status", "status", (one) => statusName(one.value!))}
      {row("Facility", "facility", (one) => one.value!)}
    </div>
  );
}
