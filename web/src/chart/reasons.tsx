// Why a document is in this chart: field by field, what agrees and what does not.
import type { ChartDocument, LinkReason } from "../api";
import { Chip, Icon, Meter } from "../parts";
import { type Tone, fieldWords, linkWords } from "../words";

const kAgreement: Record<LinkReason["agreement"], [Tone, string]> = {
  agrees: ["fine", "agrees"], close: ["look", "close"], disagrees: ["stop", "disagrees"], missing: ["quiet", "not on the page"],
};

export function Reasons({ document }: { document: ChartDocument }) {
  const [label, tone] = linkWords(document.link.status);
  return (
    <aside class="reasons" aria-label="Why it is in this chart">
      <header><Chip tone={tone}>{label}</Chip>{document.decided_by ? <span class="small">by {document.decided_by}</span> : <Meter of={document.link.confidence} />}</header>
      {document.link.reasons.length === 0 && <p class="because">A person decided; nothing was compared.</p>}
      <ul>
        {document.link.reasons.map((reason) => {
          const [shape, word] = kAgreement[reason.agreement] ?? ["quiet", reason.agreement];
          return <li key={reason.field + reason.detail} class={shape}><Icon tone={shape} /><b>{fieldWords(reason.field)}</b> {word}<p>{reason.detail}</p></li>;
        })}
      </ul>
    </aside>
  );
}
