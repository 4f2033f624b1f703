// One document of the chart, with its pages when it is the one looked at.
import type { ChartDocument } from "../api";
import { Chip, Findings, Row, Thumb } from "../parts";
import { plural, standingFindings } from "../words";

export function DocumentRow({ document, chosen, page, show }: { document: ChartDocument; chosen: boolean; page: string | undefined; show: (page: string) => void }) {
  const first = document.pages[0]!;
  return (
    <Row id={document.id} chosen={chosen} onChoose={() => { if (!chosen) show(first); }} class="document">
      <Thumb page={first} width={46} />
      <div class="facts">
        <div class="who"><b>{document.type_name}</b><span class="figures">{document.service_date ?? "no date"}</span></div>
        <div class="what">
          <span class="figures">{plural(document.pages.length, "page")}</span>
          {document.author && <span>{document.author}</span>}
          {document.decided_by && <Chip tone="fine">by {document.decided_by}</Chip>}
        </div>
        <Findings of={standingFindings(document.findings, document.decided_by !== null)} short={!chosen} />
        {chosen && document.pages.length > 1 && (
          <div class="strip" role="presentation">
            {document.pages.map((one, index) => (
              <span key={one} class={one === page ? "leaf here" : "leaf"} title={`Page ${index + 1}`} onClick={(event) => { event.stopPropagation(); show(one); }}>
                <Thumb page={one} width={40} /><span class="figures">{index + 1}</span>
              </span>
            ))}
          </div>
        )}
      </div>
    </Row>
  );
}
