// A patient's chart: stays on top, documents in chart order on the left, the page on the right. The patient stands in sight always.
import { useEffect, useState } from "preact/hooks";
import { type Chart, type ChartDocument, type PageRecord, type Patient, paths, post, useApi, useDoing } from "../api";
import { Choice, ProblemNote } from "../dialog";
import { Viewer } from "../image/viewer";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Findings, List, Skeleton, Trouble } from "../parts";
import { address, go } from "../route";
import { ExportDialog, type Purpose } from "../search/export";
import { may } from "../session";
import { plural } from "../words";
import { Accesses } from "./accesses";
import { DocumentRow } from "./document_row";
import { BreakGlass, GlassChip } from "./glass";
import { Reasons } from "./reasons";
import { Refile } from "./refile";
import { Timeline, stayOf } from "./timeline";

type Shown = "" | "refile" | "accesses" | "glass" | Purpose;

// `order`: by name, from the address; empty is the usual one, which depends on who looks.
export function ChartScreen({ mrn, page, order }: { mrn: string; page: string | null; order: string }) {
  const chart = useApi<Chart>(paths.chart(mrn, order), true);
  const [why, setWhy] = useState(false);
  const [shown, setShown] = useState<Shown>("");
  const [moved, setMoved] = useState<{ document: string; to: Patient } | null>(null);
  const [broken, setBroken] = useState(0);  // times the glass was broken from here
  const doing = useDoing();
  const documents = chart.data?.sections.flatMap((section) => section.documents) ?? [];
  const found = documents.findIndex((document) => page !== null && document.pages.includes(page));
  const at = found < 0 ? 0 : found;
  const document = documents[at];
  const pageAt = Math.max(0, document?.pages.indexOf(page ?? "") ?? 0);
  const onPage = document?.pages[pageAt];

  const show = (next: string | undefined) => { if (next) go(address(["chart", mrn], { page: next, order }), "replace"); };
  // The page looked at stays; "back" brings the order before.
  const orders = chart.data?.orders ?? [];
  const inOrder = (name: string) => go(address(["chart", mrn], { page: onPage ?? page, order: name }));
  const shownOrder = order || (chart.data?.order ?? "");
  const nextOrder = () => inOrder(orders[(orders.findIndex((one) => one.name === shownOrder) + 1) % orders.length]!.name);
  useEffect(() => { if (document) window.document.getElementById(`row-${document.id}`)?.scrollIntoView({ block: "nearest" }); }, [chart.data?.order]);
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
  const undo = () => {
    if (moved) void doing.run(async () => { await post(paths.documentDo(moved.document, "undo")); setMoved(null); chart.reload(); });
  };
  useKeys([
    { keys: "j", label: "Next document", run: () => moveTo(at + 1), group: "Chart" },
    { keys: "k", label: "Previous document", run: () => moveTo(at - 1), group: "Chart" },
    { keys: "]", label: "Next section", run: () => jump(1), group: "Chart" },
    { keys: "[", label: "Previous section", run: () => jump(-1), group: "Chart" },
    { keys: "ArrowDown", label: "Next document", run: () => moveTo(at + 1) },
    { keys: "ArrowUp", label: "Previous document", run: () => moveTo(at - 1) },
    { keys: "ArrowRight", label: "Next page", run: () => turn(1), group: "Chart" },
    { keys: "ArrowLeft", label: "Previous page", run: () => turn(-1), group: "Chart" },
    { keys: "y", label: "Why it is in this chart", run: () => setWhy(!why), group: "Chart" },
    ...(orders.length > 1 ? [{ keys: "r", label: "Read it in the next order", run: nextOrder, group: "Chart" }] : []),
    ...(may("audit-read") ? [{ keys: "a", label: "Who saw this chart", run: () => setShown("accesses"), group: "Chart" }] : []),
    ...(may("refile") ? [{ keys: "f", label: "File it in another chart", run: () => { if (document) setShown("refile"); }, group: "Chart" },
      { keys: "u", label: "Take the filing back", run: undo, group: "Chart" }] : []),
    ...(may("break-glass") ? [{ keys: "G", label: "Break the glass", run: () => setShown("glass"), group: "Chart" }] : []),
    ...(may("print") ? [{ keys: "P", label: "Print, with a reason", run: () => setShown("print"), group: "Chart" }] : []),
    ...(may("export") ? [{ keys: "E", label: "Export, with a reason", run: () => setShown("export"), group: "Chart" }] : []),
    { keys: "/", label: "Find another chart", run: () => go("/chart"), group: "Chart" },
  ]);
  const dialogs = (
    <>
      {shown === "accesses" && <Accesses mrn={mrn} close={() => setShown("")} />}
      {shown === "glass" && <BreakGlass mrn={mrn} close={() => setShown("")} done={() => { setShown(""); setBroken(broken + 1); chart.retry(); }} />}
      {shown === "refile" && document && chart.data && <Refile document={document} from={chart.data.patient} close={() => setShown("")} done={(to) => { setShown(""); setMoved({ document: document.id, to }); chart.reload(); }} />}
      {(shown === "print" || shown === "export") && document && <ExportDialog purpose={shown} of={{ page: onPage ?? null, document: document.id, mrn, order: chart.data?.order }} close={() => setShown("")} />}
    </>
  );

  if (chart.problem && !chart.data) {
    return (
      <div class="alone">
        <h1 class="unseen">Chart</h1>
        <Trouble problem={chart.problem} retry={chart.retry} />
        <p class="after">
          {chart.problem.status === 403 && may("break-glass") && <Button k="G" onClick={() => setShown("glass")}>Break the glass</Button>}
          {chart.problem.status === 400 && order && <Button onClick={() => inOrder("")}>In the usual order</Button>}
          <Button k="/" onClick={() => go("/chart")}>Find another chart</Button>
        </p>
        {dialogs}
      </div>
    );
  }
  const stay = document && stayOf(chart.data, document);
  return (
    <div class="split">
      <section class="side" aria-label="Documents">
        {chart.data ? <Identity chart={chart.data} mrn={mrn} documents={documents} broken={broken} /> : <div class="identity" />}
        {chart.data && <Timeline chart={chart.data} documents={documents} chosen={document} choose={(one) => show(one.pages[0])} />}
        <div class="chart-deeds">
          <Button k="y" pressed={why} onClick={() => setWhy(!why)}>Why here</Button>
          {may("refile") && <Button k="f" disabled={!document} onClick={() => setShown("refile")}>Refile</Button>}
          {may("audit-read") && <Button k="a" onClick={() => setShown("accesses")}>Who saw it</Button>}
          {may("break-glass") && <Button k="G" onClick={() => setShown("glass")}>Glass</Button>}
          {orders.length > 1 && <Choice label="Order" k="r" value={shownOrder} of={orders.map(({ name, documents }) => [name, `${name}, ${documents}`])} onChange={inOrder} />}
        </div>
        <ProblemNote problem={doing.problem} />
        {moved && <p class="note fine" role="status"><span>{moved.document} lies in the chart of {moved.to.name} now.</span><Button k="u" onClick={undo}>Undo</Button></p>}
        {!chart.data && <Skeleton rows={6} />}
        {chart.data && documents.length === 0 && (
          <Empty title="Nothing is filed here yet"><p>Documents appear when a batch closes, or when a person decides in review.</p></Empty>
        )}
        {documents.length > 0 && (
          <List label="Documents in chart order" chosen={document?.id ?? null}>
            {chart.data!.sections.map((section) => (
              <div key={section.name} class="tab" role="group" aria-label={section.name}>
                <h2 role="presentation">{section.name}<span class="figures">{section.documents.length}</span></h2>
                {section.documents.map((one) => <DocumentRow key={one.id} document={one} chosen={one === document} page={onPage} show={show} />)}
              </div>
            ))}
          </List>
        )}
        {document && why && <Reasons document={document} />}
      </section>
      {document && onPage ? (
        <ChartPage document={document} page={onPage} number={pageAt + 1} turn={turn} out={setShown} stay={stay ? `${stay.class} ${stay.admitted}` : ""} />
      ) : (
        <section class="viewer blank" aria-hidden="true"><div class="stage" /></section>
      )}
      {dialogs}
    </div>
  );
}

const Identity = ({ chart, mrn, documents, broken }: { chart: Chart; mrn: string; documents: ChartDocument[]; broken: number }) => {
  const { patient } = chart;
  return (
    <header class="identity">
      <h1>{patient.name}</h1>
      <dl>
        <div><dt>Born</dt><dd class="figures">{patient.dob ?? "unknown"}</dd></div>
        <div><dt>Sex</dt><dd>{patient.sex ?? "unknown"}</dd></div>
        <div><dt>MRN</dt><dd class="mrn">{patient.mrn}</dd></div>
        <div><dt>Chart</dt><dd class="figures">{plural(documents.length, "document")}, {plural(documents.reduce((sum, one) => sum + one.pages.length, 0), "page")}</dd></div>
      </dl>
      <p class="chips">{chart.merged_from && <Chip tone="look">{chart.merged_from} was merged into this chart</Chip>}{may("break-glass") && <GlassChip key={broken} mrn={mrn} />}</p>
    </header>
  );
};

function ChartPage(props: { document: ChartDocument; page: string; number: number; turn: (by: number) => void; out: (purpose: Purpose) => void; stay: string }) {
  const { document, page, number, turn, out, stay } = props;
  const record = useApi<PageRecord>(paths.page(page));
  const of = {
    page, upright: record.data?.upright_size ?? [0, 0] as [number, number], delivered: record.data?.delivered_size ?? [0, 0] as [number, number], marks: [],
  };
  return (
    <Viewer of={of} start="width"
      caption={<>
        <b>{document.type_name}</b>
        <span class="figures">page {number} of {document.pages.length}</span>
        {document.service_date && <span class="figures">{document.service_date}</span>}
        {stay && <span>{stay}</span>}
        {record.data && <Findings of={record.data.findings} short />}
      </>}>
      {may("print") && <Button k="P" onClick={() => out("print")} title="Print, with a reason">Print</Button>}
      {may("export") && <Button k="E" onClick={() => out("export")} title="Export as PDF, with a reason">Export</Button>}
      <Button k="←" onClick={() => turn(-1)} title="Previous page">‹</Button>
      <Button k="→" onClick={() => turn(1)} title="Next page">›</Button>
    </Viewer>
  );
}
