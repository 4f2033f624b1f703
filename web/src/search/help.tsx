// How to ask, by examples that can be tried. The whole language stands in the handbook (docs/searching.md).
export const kExamples: [query: string, meaning: string][] = [
  ["chest pain", "pages with both words"],
  ['"chest pain"', "the words side by side"],
  ["hyper*", "words that begin so"],
  ["asthna~", "words one letter away"],
  ["aspirin OR heparin", "either word"],
  ["allergy -penicillin", "the first without the second"],
  ["chest NEAR/5 aspirin", "within five words"],
  ["type:lab_report", "one type of document"],
  ["date:2019..2021", "a span of service dates"],
  ["finding:unsigned", "pages with a finding"],
  ["is:unfound", "pages that can hardly be found by words"],
  ["chest sort:date", "newest first"],
];

export const Examples = ({ take }: { take: (q: string) => void }) => (
  <dl class="examples">
    {kExamples.map(([query, meaning]) => (
      <div key={query}><dt><button type="button" class="link" onClick={() => take(query)}>{query}</button></dt><dd>{meaning}</dd></div>
    ))}
  </dl>
);
