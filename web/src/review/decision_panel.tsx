// The right side of review: what is proposed, how sure, what speaks for it and against it, and what the person chose instead.
import type { Patient, ReviewCandidate, ReviewItem } from "../api";
import { Button, Chip, Findings, Icon, Key, Meter } from "../parts";
import { type Tone, fieldWords } from "../words";
import type { Pointed } from "./evidence";

export interface Choices { patient: Patient | null; type: { code: string; name: string } | null; date: string | null }
export const nothingChosen: Choices = { patient: null, type: null, date: null };

const kAgreement: Record<string, [Tone, string]> = {
  agrees: ["fine", "agrees"], close: ["look", "close"], disagrees: ["stop", "disagrees"], missing: ["quiet", "not on the page"],
};

interface Props {
  item: ReviewItem; choices: Choices; candidates: ReviewCandidate[]; point: (at: Pointed) => void; choose: (patient: Patient) => void;
  deeds: { accept: () => void; find: () => void; type: () => void; date: () => void; hold: () => void; undo: () => void; split: () => void; join: () => void };
  ready: boolean; notice: string; canUndo: boolean;
}

export function DecisionPanel({ item, choices, candidates, point, choose, deeds, ready, notice, canUndo }: Props) {
  const { document } = item;
  const chosen = choices.patient?.mrn ?? proposed(document);
  const off = () => point(null);
  return (
    <aside class="panel decide" aria-label="Decision">
      <section class="why">
        <h2>Why it waits</h2>
        {document.findings.length === 0 && <p>It needs a person's word.</p>}
        <ul class="findings">{document.findings.map((finding) => <li key={finding.code + finding.detail}><Findings of={[finding]} /><p>{finding.detail}</p></li>)}</ul>
      </section>
      <section>
        <h2>Type</h2>
        <button type="button" class={`claim-button ${choices.type ? "changed" : ""}`} onClick={deeds.type} onMouseEnter={() => point({ kind: "type" })} onMouseLeave={off}
          onFocus={() => point({ kind: "type" })} onBlur={off} title="Choose another type">
          <b>{choices.type?.name ?? document.type_name}</b>{choices.type ? <Chip tone="fine">chosen</Chip> : <Meter of={document.type_confidence} />}<Key of="t" />
        </button>
        {!choices.type && item.evidence.type.length > 0 && <p class="because">{item.evidence.type.slice(0, 3).map((one) => one.says).join(" · ")}</p>}
      </section>
      <section>
        <h2>Patient</h2>
        {candidates.length === 0 && <p class="because">Nobody in the index fits. <Key of="f" /> finds a patient by hand.</p>}
        <ol class="candidates" aria-label="Candidates">
          {candidates.slice(0, 9).map((candidate, index) => (
            <Candidate key={candidate.patient.mrn} candidate={candidate} digit={index + 1} chosen={candidate.patient.mrn === chosen} choose={() => choose(candidate.patient)} point={point} />
          ))}
        </ol>
        <Button k="f" onClick={deeds.find}>Find another</Button>
      </section>
      <section>
        <h2>Date of service</h2>
        <button type="button" class={`claim-button ${choices.date ? "changed" : ""}`} onClick={deeds.date} onMouseEnter={() => point({ kind: "date" })} onMouseLeave={off}
          onFocus={() => point({ kind: "date" })} onBlur={off} title="Set the date">
          <b class="figures">{choices.date ?? document.service_date ?? "none"}</b>{choices.date && <Chip tone="fine">chosen</Chip>}<Key of="d" />
        </button>
      </section>
      <div class="deeds">
        {notice && <p class="note" role="alert"><Icon tone="look" />{notice}</p>}
        <Button primary k="Enter" onClick={deeds.accept} disabled={!ready}>{changed(choices) ? "Store the change" : "Accept"}</Button>
        <div class="group-loose">
          <Button k="u" onClick={deeds.undo} disabled={!canUndo} title="Take the last decision back">Undo</Button>
          <Button k="h" onClick={deeds.hold} title="Leave it for later, with a reason">Hold</Button>
          <Button k="s" onClick={deeds.split} title="A new document begins at this page">Split here</Button>
          <Button k="m" onClick={deeds.join} title="It belongs to the document before it">Join</Button>
        </div>
      </div>
    </aside>
  );
}

// Two patients who fit equally are chosen between, never accepted with the first.
const kMustChoose = ["patient-near-tie"];
export const proposed = (document: ReviewItem["document"]) => (document.findings.some((finding) => kMustChoose.includes(finding.code)) ? null : document.link.mrn);

export const changed = (choices: Choices) => choices.patient !== null || choices.type !== null || choices.date !== null;

function Candidate(props: { candidate: ReviewCandidate; digit: number; chosen: boolean; choose: () => void; point: (at: Pointed) => void }) {
  const { candidate, digit, chosen, choose, point } = props;
  const { patient } = candidate;
  return (
    <li>
      <button type="button" class="candidate" aria-pressed={chosen} onClick={choose} onMouseEnter={() => point({ kind: "patient" })} onMouseLeave={() => point(null)}
        onFocus={() => point({ kind: "patient" })} onBlur={() => point(null)}>
        <span class="who"><Key of={String(digit)} /><b>{patient.name}</b>{candidate.confidence > 0 && <Meter of={candidate.confidence} />}</span>
        <span class="what figures"><span>{patient.dob ?? "birth date unknown"}</span><span>{patient.sex ?? ""}</span><span class="mrn">{patient.mrn}</span></span>
      </button>
      <ul class="reasons-of">
        {candidate.reasons.map((reason) => {
          const [tone, word] = kAgreement[reason.agreement] ?? ["quiet", reason.agreement];
          return (
            <li key={reason.field + reason.detail} class={`${tone} ${reason.agreement}`} title={reason.detail} onMouseEnter={() => point({ kind: "patient", field: reason.field })} onMouseLeave={() => point(null)}>
              <Icon tone={tone as Tone} /><span>{fieldWords(reason.field)} {word}</span>{reason.agreement === "disagrees" && reason.detail && <em>{reason.detail}</em>}
            </li>
          );
        })}
      </ul>
    </li>
  );
}
