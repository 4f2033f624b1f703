// One batch: its pages in feeding order, the page, and the page's facts with their evidence on the image.
import { useEffect, useState } from "preact/hooks";
import { type Batch, type BatchPages, type Cue, type PageRecord, type Thumbnail, paths, useApi, useList } from "../api";
import { Refused } from "./batches";
import { Balance, kTerms, termWords } from "./ledger";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Findings, Icon, List, Meter, Row, Skeleton, Thumb, Trouble } from "../parts";
import { address, go } from "../route";
import { type Mark, Viewer } from "../image/viewer";
import { may } from "../session";
import { batchStateWords, count, cueWords, fieldWords, findingWords, forScreens, linkWords, pageStateWords, standingFindings } from "../words";

export function BatchScreen({ id, page }: { id: string; page: string | null }) {
  const list = useList<Thumbnail, BatchPages>(paths.batch(id), (answer) => answer.pages);
  const found = list.items.findIndex((one) => one.id === page);
  const at = found < 0 ? 0 : found;
  const shown = list.items[at];

  // A page asked for by its address may stand beyond the first answer.
  useEffect(() => { if (page && found < 0) list.more?.(); }, [page, found, list.items.length]);

  const moveTo = (index: number) => {
    const next = list.items[Math.max(0, Math.min(index, list.items.length - 1))];
    if (next) go(address(["batches", id], { page: next.id }), "replace");
    if (index >= list.items.length - 10) list.more?.();
  };
  useKeys([
    { keys: "j", label: "Next page", run: () => moveTo(at + 1), group: "Batch" },
    { keys: "k", label: "Previous page", run: () => moveTo(at - 1), group: "Batch" },
    { keys: "ArrowRight", label: "Next page", run: () => moveTo(at + 1) },
    { keys: "ArrowLeft", label: "Previous page", run: () => moveTo(at - 1) },
    { keys: "u", label: "Up to all batches", run: () => go("/batches"), group: "Batch" },
    ...(may("batch-work") ? [{ keys: "s", label: "To the scan station: mend, go on, release", run: () => go(address(["scan", id])), group: "Batch" }] : []),
  ]);

  if (list.problem && !list.answer) return <div class="alone"><Trouble problem={list.problem} retry={list.retry} /></div>;
  return (
    <div class="bench">
      <section class="rail" aria-label="Pages in feeding order">
        {list.answer && <BatchHead batch={list.answer.batch} />}
        {!list.answer && <Skeleton rows={5} />}
        {list.answer && list.items.length === 0 && <Empty title="No page was taken"><p>Everything that was fed was refused; the reasons stand above.</p></Empty>}
        <List label="Pages" chosen={shown?.id ?? null} after={list.more && <div class="more"><Button onClick={list.more}>More pages</Button></div>}>
          {list.items.map((one, index) => <Tile key={one.id} page={one} before={list.items[index - 1]} chosen={index === at} onChoose={() => moveTo(index)} />)}
        </List>
      </section>
      {shown ? <BenchPage key={id} thumbnail={shown} /> : <section class="viewer blank" aria-hidden="true"><div class="stage" /></section>}
    </div>
  );
}

function BatchHead({ batch }: { batch: Batch }) {
  const [label, tone] = batchStateWords(batch.state);
  return (
    <header class="batch-head">
      <h1>{batch.name}</h1>
      <p class="chips"><Chip tone={tone}>{label}</Chip><Balance of={batch.ledger} /></p>
      <p class="sum figures" title="sides fed = filed + separators + blanks + in review + rejected + superseded">
        <b>{count(batch.ledger.fed)} fed</b> = {kTerms.filter((term) => batch.ledger[term.key]).map((term) => termWords(batch.ledger[term.key], term.name)).join(" + ") || "0"}
      </p>
      {batch.stop?.stands && <p class="trouble" role="alert"><b>{batch.stop.message}.</b> {forScreens(batch.stop.advice)}</p>}
      {batch.sheets && batch.expected_sheets && <p class="figures">{count(batch.sheets.stored)} of {count(batch.expected_sheets)} sheets stored</p>}
      {batch.gaps?.map((gap) => <p key={gap} class="trouble">{forScreens(gap)}</p>)}
      <Findings of={batch.findings} />
      <Refused batch={batch} />
      <p class="group-loose"><Button k="u" onClick={() => go("/batches")}>All batches</Button>
        {may("batch-work") && <Button k="s" onClick={() => go(address(["scan", batch.id]))}>Mend, release</Button>}</p>
    </header>
  );
}

// Tiles of one document hang together; a gap shows where the next begins.
function Tile({ page, before, chosen, onChoose }: { page: Thumbnail; before: Thumbnail | undefined; chosen: boolean; onChoose: () => void }) {
  const [label, tone] = pageStateWords(page.state);
  const joined = before !== undefined && page.document !== null && before.document === page.document;
  const looks = page.findings.filter((finding) => findingWords(finding.code)[1] !== "quiet");
  return (
    <Row id={page.id} chosen={chosen} onChoose={onChoose} class={`tile ${joined ? "joined" : ""}`}>
      <Thumb page={page.id} size={page.upright_size} width={92} />
      <span class="below"><b class="figures">{page.sequence}</b><span class={`state-word ${tone}`}><Icon tone={tone} />{label}</span></span>
      {looks.length > 0 && <Findings of={looks} short />}
    </Row>
  );
}

function BenchPage({ thumbnail }: { thumbnail: Thumbnail }) {
  const record = useApi<PageRecord>(paths.page(thumbnail.id));
  const [pointed, setPointed] = useState(-1);
  useEffect(() => setPointed(-1), [thumbnail.id]);
  const evidence = record.data ? evidenceOf(record.data) : [];
  const [label, tone] = pageStateWords(thumbnail.state);
  return (
    <>
      <Viewer of={{ page: thumbnail.id, upright: thumbnail.upright_size, delivered: thumbnail.delivered_size, marks: evidence }} active={pointed} start="page"
        caption={<><b class="figures">Side {thumbnail.sequence}</b><Chip tone={tone}>{label}</Chip></>} />
      <aside class="panel" aria-label="Facts of this page">
        {record.problem && <Trouble problem={record.problem} retry={record.retry} />}
        {record.data ? <Facts page={record.data} pointed={pointed} point={setPointed} /> : !record.problem && <Skeleton rows={4} />}
      </aside>
    </>
  );
}

const evidenceOf = (page: PageRecord): Mark[] => [
  ...page.fields.map((field) => ({ upright: field.upright, delivered: field.delivered, label: `${fieldWords(field.kind)}: ${field.value}`, tone: "field" as const })),
  ...page.barcodes.map((barcode) => ({ upright: barcode.upright, delivered: barcode.delivered, label: barcode.payload, tone: "field" as const })),
  ...page.cues.map((cue) => ({ upright: cue.upright, delivered: cue.delivered, label: cueLabel(cue), tone: `cue ${cue.state}` as const })),
];

const cueLabel = (cue: Cue) => {
  const words = cueWords(cue.kind, cue.state);
  return `${words.name}: ${cue.value ?? words.state}`;
};

function Facts({ page, pointed, point }: { page: PageRecord; pointed: number; point: (index: number) => void }) {
  const type = page.types[0];
  return (
    <>
      {page.rejected_because && <p class="note stop"><Icon tone="stop" />{page.rejected_because}</p>}
      {page.findings.length > 0 && (
        <section><h2>Findings</h2><ul class="findings">{page.findings.map((finding) => <li key={finding.code}><Findings of={[finding]} /><p>{finding.detail}</p></li>)}</ul></section>
      )}
      {page.in_document && <InDocument page={page} />}
      {type && <section><h2>Type of this page</h2><p class="claim"><span>{type.name}</span><Meter of={type.confidence} /></p></section>}
      <section>
        <h2>Read on the page</h2>
        {page.fields.length + page.barcodes.length === 0 && <p class="none">No identifiers, dates or barcodes were read.</p>}
        <ul class="evidence" onMouseLeave={() => point(-1)}>
          {page.fields.map((field, index) => (
            <Evidence key={index} at={index} pointed={pointed} point={point} name={fieldWords(field.kind)} value={field.value} detail={`from ${field.source}`} confidence={field.confidence} />
          ))}
          {page.barcodes.map((barcode, index) => (
            <Evidence key={`b${index}`} at={page.fields.length + index} pointed={pointed} point={point} name="Barcode" value={barcode.payload} detail={barcode.format} />
          ))}
        </ul>
      </section>
      {page.cues.length > 0 && <FormAnswers page={page} first={page.fields.length + page.barcodes.length} pointed={pointed} point={point} />}
      <section>
        <h2>As scanned</h2>
        <dl class="pairs">
          <dt>File</dt><dd title={page.file}>{page.file}, page {page.page_index + 1}</dd>
          <dt>Size</dt><dd class="figures">{page.delivered_size.join(" × ")}{page.dpi[0] ? ` at ${page.dpi[0]} dpi` : ""}</dd>
          <dt>Turned</dt><dd class="figures">{page.rotation}° and {page.skew_deg.toFixed(2)}° skew taken out</dd>
          <dt>Words</dt><dd class="figures">{count(page.words_found)}, mean confidence {page.text_confidence.toFixed(2)}</dd>
          <dt>Image</dt><dd class="figures">
            paper {Math.round(100 * page.quality.paper)} %, print {Math.round(100 * page.quality.ink_level)} % of white, noise {page.quality.noise.toFixed(1)}
            {page.quality.sharpness > 0 && `, sharpness ${page.quality.sharpness.toFixed(2)}`}
            {page.quality.streak > 0 && `, streak at ${Math.round(100 * page.quality.streak_at)} % of the width`}
            {page.quality.cut_off_inches > 0 && `, print in ${page.quality.cut_off_inches.toFixed(1)} inches of an edge`}
          </dd>
          {page.duplicate_of && <><dt>Same as</dt><dd>{page.duplicate_of}</dd></>}
          <dt>SHA-256</dt><dd class="mrn" title={page.sha256}>{page.sha256.slice(0, 16)}…</dd>
        </dl>
      </section>
    </>
  );
}

// Places to sign with what stands there, then the rest; `first` is the number of their first mark on the image.
function FormAnswers({ page, first, pointed, point }: { page: PageRecord; first: number; pointed: number; point: (index: number) => void }) {
  return (
    <section>
      <h2>On the form</h2>
      <ul class="legend" aria-label="Legend">
        {(["present", "unsure", "absent"] as const).map((state) => <li key={state}><span class={`mark cue ${state}`} />{{ present: "filled, signed, there", unsure: "look at it", absent: "empty" }[state]}</li>)}
      </ul>
      <ul class="evidence" onMouseLeave={() => point(-1)}>
        {page.cues.map((cue, index) => {
          const words = cueWords(cue.kind, cue.state);
          const written = cue.written === "pen" ? "by hand" : cue.written === "print" ? "in print" : "";
          return (
            <>
              <Evidence key={`c${index}`} at={first + index} pointed={pointed} point={point} name={words.name} value={cue.value ?? words.state}
                detail={[cue.label, cue.value && written].filter(Boolean).join(", ")} confidence={cue.confidence} />
              {cue.kind === "signature" && cue.state !== "absent" && <li><img class="crop" loading="lazy" src={paths.crop(page.id, cue.upright, 320)} alt={`The ink at ${cue.label ?? "a place to sign"}`} /></li>}
            </>
          );
        })}
      </ul>
    </section>
  );
}

function Evidence(props: { at: number; pointed: number; point: (index: number) => void; name: string; value: string; detail: string; confidence?: number }) {
  const { at, pointed, point } = props;
  return (
    <li>
      <button type="button" aria-pressed={at === pointed} title="Show where it stands" onMouseEnter={() => point(at)} onFocus={() => point(at)} onClick={() => point(at)}>
        <span class="name">{props.name}</span><b>{props.value}</b><small>{props.detail}</small>{props.confidence !== undefined && <Meter of={props.confidence} />}
      </button>
    </li>
  );
}

function InDocument({ page }: { page: PageRecord }) {
  const document = page.in_document!;
  const [label, tone] = linkWords(document.link.status);
  const linked = document.filed && document.link.mrn;
  return (
    <section>
      <h2>Document</h2>
      <p class="claim"><b>{document.type_name}</b><Meter of={document.type_confidence} /><span class="after figures">page {document.page_number} of {document.pages}</span></p>
      <p class="claim"><span><Chip tone={tone}>{label}</Chip> {document.link.mrn && <span class="mrn">{document.link.mrn}</span>}</span><Meter of={document.link.confidence} /></p>
      <Findings of={standingFindings(document.findings, document.link.status === "person")} />
      {linked && <p><Button onClick={() => go(address(["chart", document.link.mrn!], { page: page.id }))}>Open the chart</Button></p>}
    </section>
  );
}
