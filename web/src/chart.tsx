// A patient's chart: documents in chart order on the left, the page on the right. The patient stands in sight always.
import { useEffect, useState } from "preact/hooks";
import { type Chart, type ChartDocument, type PageRecord, type Patient, paths, useApi } from "./api";
import { useKeys } from "./keys";
import { Button, Chip, Empty, Findings, Icon, List, Meter, Row, Skeleton, Thumb, Trouble } from "./parts";
import { address, go } from "./route";
import { Viewer } from "./viewer";
import { type Tone, fieldWords, linkWords, plural } from "./words";

export function ChartScreen({ mrn, page }: { mrn: string; page: string | null }) {
  const chart = useApi<Chart>(paths.chart(mrn));
  const [why, setWhy] = useState(false);
  const documents = chart.data?.sections.flatMap((section) => section.documents) ?? [];
  const found = documents.findIndex((document) => page !== null && document.pages.includes(page));
  const at = found < 0 ? 0 : found;
  const document = documents[at];
  const pageAt = Math.max(0, document?.pages.indexOf(page ?? "") ?? 0);
  const shown = document?.pages[pageAt];

  const show = (next: string | undefined) => { if (next) go(address(["chart", mrn], { page: next }), "replace"); };
  const moveTo = (index: number) => show(documents[Math.max(0, Math.min(index, documents.length - 1))]?.pages[0]);
  // Over the end of a document the next one follows, as in a folder of paper.
  const turn = (by: number) => {
    if (!document) return;
    const neighbour = documents[at + by];
    const last = by < 0 ? neighbour?.pages[neighbour.pages.length - 1] : neighbour?.pages[0];
    show(document.pages[pageAt + by] ?? last);
  };
  const jump = (by: number) => {
    const starts = (chart.data?.sections ?? []).map((section) => documents.indexOf(section.documents[0]!));
    const current = starts.filter((start) => start <= at).length - 1;
    moveTo(starts[Math.max(0, Math.min(current + by, starts.length - 1))] ?? 0);
  };
  useKeys([
    { keys: "j", label: "Next document", run: () => moveTo(at + 1), group: "Chart" },
    { keys: "k", label: "Previous document", run: () => moveTo(at - 1), group: "Chart" },
    { keys: "]", label: "Next section", run: () => jump(1), group: "Chart" },
    { keys: "[", label: "Previous section", run: () => jump(-1), group: "Chart" },
    { keys: "ArrowRight", label: "Next page", run: () => turn(1), group: "Chart" },
    { keys: "ArrowLeft", label: "Previous page", run: () => turn(-1), group: "Chart" },
    { keys: "w", label: "Why it is in this chart", run: () => setWhy(!why), group: "Chart" },
    { keys: "/", label: "Find another chart", run: () => go("/chart"), group: "Everywhere" },
  ]);

  if (chart.problem) {
    return (
      <div class="alone">
        <Trouble problem={chart.problem} retry={chart.retry} />
        <p class="after"><Button k="/" onClick={() => go("/chart")}>Find another chart</Button></p>
      </div>
    );
  }
  return (
    <div class="split">
      <section class="side" aria-label="Documents">
        {chart.data ? <Identity patient={chart.data.patient} documents={documents} /> : <div class="identity" />}
        {!chart.data && <Skeleton rows={6} />}
        {chart.data && documents.length === 0 && (
          <Empty title="Nothing is filed here yet"><p>Documents appear when a batch closes, or when a person decides in review.</p></Empty>
        )}
        {documents.length > 0 && (
          <List label="Documents in chart order" chosen={document?.id ?? null}>
            {chart.data!.sections.map((section) => (
              <section key={section.name} class="tab">
                <h2>{section.name}<span class="figures">{section.documents.length}</span></h2>
                {section.documents.map((one) => (
                  <DocumentRow key={one.id} document={one} chosen={one === document} page={shown} show={show} />
                ))}
              </section>
            ))}
          </List>
        )}
        {document && why && <Reasons document={document} />}
      </section>
      {document && shown ? (
        <ChartPage document={document} page={shown} number={pageAt + 1} turn={turn} why={why} setWhy={setWhy} />
      ) : (
        <section class="viewer blank" aria-hidden="true"><div class="stage" /></section>
      )}
    </div>
  );
}

const Identity = ({ patient, documents }: { patient: Patient; documents: ChartDocument[] }) => (
  <header class="identity">
    <h1>{patient.name}</h1>
    <dl>
      <div><dt>Born</dt><dd class="figures">{patient.dob ?? "unknown"}</dd></div>
      <div><dt>Sex</dt><dd>{patient.sex ?? "unknown"}</dd></div>
      <div><dt>MRN</dt><dd class="mrn">{patient.mrn}</dd></div>
      <div><dt>Chart</dt><dd class="figures">{plural(documents.length, "document")}, {plural(documents.reduce((sum, one) => sum + one.pages.length, 0), "page")}</dd></div>
    </dl>
  </header>
);

function DocumentRow({ document, chosen, page, show }: { document: ChartDocument; chosen: boolean; page: string | undefined; show: (page: string) => void }) {
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
        <Findings of={document.findings} short={!chosen} />
        {chosen && document.pages.length > 1 && (
          <div class="strip">
            {document.pages.map((one, index) => (
              <button type="button" key={one} aria-pressed={one === page} aria-label={`Page ${index + 1}`} onClick={(event) => { event.stopPropagation(); show(one); }}>
                <Thumb page={one} width={40} /><span class="figures">{index + 1}</span>
              </button>
            ))}
          </div>
        )}
      </div>
    </Row>
  );
}

const kAgreement: Record<string, [Tone, string]> = {
  agrees: ["fine", "agrees"], close: ["look", "close"], disagrees: ["stop", "disagrees"], missing: ["quiet", "not on the page"],
};

function Reasons({ document }: { document: ChartDocument }) {
  const [label, tone] = linkWords(document.link.status);
  return (
    <aside class="reasons" aria-label="Why it is in this chart">
      <header><Chip tone={tone}>{label}</Chip><Meter of={document.link.confidence} /></header>
      <ul>
        {document.link.reasons.map((reason) => {
          const [shape, word] = kAgreement[reason.agreement] ?? ["quiet", reason.agreement];
          return <li key={reason.field + reason.detail} class={shape}><Icon tone={shape} /><b>{fieldWords(reason.field)}</b> {word}<p>{reason.detail}</p></li>;
        })}
      </ul>
    </aside>
  );
}

function ChartPage(props: { document: ChartDocument; page: string; number: number; turn: (by: number) => void; why: boolean; setWhy: (why: boolean) => void }) {
  const { document, page, number, turn, why, setWhy } = props;
  const record = useApi<PageRecord>(paths.page(page));
  useEffect(() => {
    const next = document.pages[number];
    if (next) new Image().src = paths.image(next, "upright");
  }, [page]);
  const of = {
    page, upright: record.data?.upright_size ?? [0, 0] as [number, number], delivered: record.data?.delivered_size ?? [0, 0] as [number, number], marks: [],
  };
  return (
    <Viewer of={of} start="width"
      caption={<>
        <b>{document.type_name}</b>
        <span class="figures">page {number} of {document.pages.length}</span>
        {document.service_date && <span class="figures">{document.service_date}</span>}
        {record.data && <Findings of={record.data.findings} />}
      </>}>
      <Button k="w" pressed={why} onClick={() => setWhy(!why)} title="Why it is in this chart">Why here</Button>
      <Button k="←" onClick={() => turn(-1)} title="Previous page">‹</Button>
      <Button k="→" onClick={() => turn(1)} title="Next page">›</Button>
    </Viewer>
  );
}
