// Finding a patient by what one knows: name in any order, also misspelt, date of birth, MRN. The server decides what is near.
import { useEffect, useRef, useState } from "preact/hooks";
import { type FoundPatient, type Patient, paths, useApi } from "../api";
import { useKeys } from "../keys";
import { Empty, List, Row, Trouble } from "../parts";

const kTypingPauseMs = 120;

export function PatientFinder({ onChosen, deed }: { onChosen: (patient: Patient) => void; deed: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [at, setAt] = useState(0);
  const found = useApi<{ items: FoundPatient[] }>(asked ? paths.findPatients(asked) : null, true);
  const patients = asked ? found.data?.items ?? [] : [];

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(text.trim()); setAt(0); }, kTypingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  const move = (by: number) => setAt(Math.max(0, Math.min(at + by, patients.length - 1)));
  useKeys([
    { keys: "/", label: "Find a patient", run: () => input.current?.focus(), group: "Patients" },
    { keys: "ArrowDown", label: "Next patient", run: () => move(1), group: "Patients", whileTyping: true },
    { keys: "ArrowUp", label: "Previous patient", run: () => move(-1), group: "Patients", whileTyping: true },
    // Only of a list that answers what now stands in the box: Enter never takes another patient.
    { keys: "Enter", label: deed, group: "Patients", whileTyping: true, once: true,
      run: () => { const patient = patients[at]; if (patient && text.trim() === asked && !found.loading) onChosen(patient); } },
  ]);

  return (
    <div class="finder">
      <div class={`ask ${found.loading ? "busy" : ""}`} role="search">
        <svg class="glass" viewBox="0 0 16 16" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6" /></svg>
        <input ref={input} type="search" data-first value={text} placeholder="Name, date of birth or MRN" aria-label="Name, date of birth or MRN" autocomplete="off"
          spellcheck={false} maxLength={100} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      {found.problem && <Trouble problem={found.problem} retry={found.retry} />}
      {!asked && <Empty title="Whose chart?"><p>Type what you know: a name, also if you are unsure how it is written, a date of birth, or a medical record number.</p></Empty>}
      {asked && found.data && patients.length === 0 && !found.problem && !found.loading && (
        <Empty title="No patient is near that"><p>Try less of the name, or the date of birth. Patients come from the hospital's feed.</p></Empty>
      )}
      {patients.length > 0 && (
        <List label="Patients" chosen={patients[at]?.mrn ?? null}>
          {patients.map((patient, index) => (
            <Row key={patient.mrn} id={patient.mrn} chosen={index === at} onChoose={() => onChosen(patient)} class="patient">
              <b>{patient.name}</b>
              <span class="figures">{patient.dob ?? "birth date unknown"}</span>
              <span>{patient.sex ?? "–"}</span>
              <span class="mrn">{patient.mrn}</span>
              <small>{patient.why ?? ""}</small>
            </Row>
          ))}
        </List>
      )}
    </div>
  );
}
