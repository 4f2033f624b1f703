// A document in the wrong chart goes to the right one: the patient, then the reason; what was decided stays in the trail.
import { useState } from "preact/hooks";
import { type ChartDocument, type Patient, paths, post, useDoing } from "../api";
import { AskWhy, Dialog } from "../dialog";
import { PatientFinder } from "./patient_finder";

export function Refile({ document, from, close, done }: { document: ChartDocument; from: Patient; close: () => void; done: (to: Patient) => void }) {
  const [to, setTo] = useState<Patient | null>(null);
  const doing = useDoing();
  if (!to) return <Dialog title={`Whose is this ${document.type_name.toLowerCase()}?`} close={close} class="chooser"><PatientFinder deed="Choose the chart" onChosen={setTo} /></Dialog>;
  const give = async (why: string) => { if (await doing.run(() => post(paths.documentDo(document.id, "decide"), { mrn: to.mrn, why }))) done(to); };
  return (
    <AskWhy title="File it in the other chart" deed="File it there" close={close} busy={doing.busy} problem={doing.problem} suggestions={["It names the other patient", "Scanned with the wrong folder"]} onGiven={(why) => void give(why)}
      says={<>
        <span class="from-to"><b>{from.name}</b> {from.dob ?? ""} <span class="mrn">{from.mrn}</span></span>
        <span class="from-to">→ <b>{to.name}</b> {to.dob ?? ""} <span class="mrn">{to.mrn}</span></span>
      </>} />
  );
}
