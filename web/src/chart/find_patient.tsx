// The way into a chart; and for who keeps the register, of patients into it.
import { useState } from "preact/hooks";
import { Button } from "../parts";
import { address, go } from "../route";
import { may } from "../session";
import { ImportPatients } from "./import_patients";
import { PatientFinder } from "./patient_finder";

export function FindPatient() {
  const [importing, setImporting] = useState(false);
  return (
    <div class="find">
      <header class="sheet-head"><h1>Find a chart</h1><span class="push" />{may("patients") && <Button onClick={() => setImporting(true)}>Import patients</Button>}</header>
      <PatientFinder deed="Open the chart" onChosen={(patient) => go(address(["chart", patient.mrn]))} />
      {importing && <ImportPatients close={() => setImporting(false)} />}
    </div>
  );
}
