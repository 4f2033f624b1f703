// The way into a chart: a few letters of a family name or MRN.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Patient, paths, useApi } from "./api";
import { useKeys } from "./keys";
import { Empty, Key, List, Row, Trouble } from "./parts";
import { address, go } from "./route";

const kTypingPauseMs = 120;

export function FindPatient() {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [prefix, setPrefix] = useState("");
  const [at, setAt] = useState(0);
  const found = useApi<{ items: Patient[] }>(prefix ? paths.patients(prefix) : null, true);
  const patients = prefix ? found.data?.items ?? [] : [];

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => { setPrefix(text.trim()); setAt(0); }, kTypingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  const move = (by: number) => setAt(Math.max(0, Math.min(at + by, patients.length - 1)));
  const open = (patient: Patient | undefined) => { if (patient) go(address(["chart", patient.mrn])); };
  useKeys([
    { keys: "/", label: "Find a patient", run: () => input.current?.focus(), group: "Everywhere" },
    { keys: "ArrowDown", label: "Next patient", run: () => move(1), group: "Patients", whileTyping: true },
    { keys: "ArrowUp", label: "Previous patient", run: () => move(-1), group: "Patients", whileTyping: true },
    // Only of a list that answers what now stands in the box: Enter never opens another patient's chart.
    { keys: "Enter", label: "Open the chart", group: "Patients", whileTyping: true,
      run: () => { if (text.trim() === prefix && !found.loading) open(patients[at]); } },
  ]);

  return (
    <div class="find">
      <h1>Find a chart</h1>
      <div class={`ask ${found.loading ? "busy" : ""}`} role="search">
        <svg class="glass" viewBox="0 0 16 16" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6" /></svg>
        <input ref={input} type="search" value={text} placeholder="Family name or MRN" aria-label="Family name or MRN" autocomplete="off"
          spellcheck={false} maxLength={100} onInput={(event) => setText(event.currentTarget.value)} />
        <Key of="/" />
      </div>
      {found.problem && <Trouble problem={found.problem} retry={found.retry} />}
      {!prefix && <Empty title="Whose chart?"><p>Type the beginning of a family name or of a medical record number.</p></Empty>}
      {prefix && found.data && patients.length === 0 && !found.problem && (
        <Empty title="No patient begins so"><p>Check the spelling. Patients are added with <code>chartscan patients import</code>.</p></Empty>
      )}
      {patients.length > 0 && (
        <List label="Patients" chosen={patients[at]?.mrn ?? null}>
          {patients.map((patient, index) => (
            <Row key={patient.mrn} id={patient.mrn} chosen={index === at} onChoose={() => open(patient)} class="patient">
              <b>{patient.name}</b>
              <span class="figures">{patient.dob ?? "birth date unknown"}</span>
              <span>{patient.sex ?? "–"}</span>
              <span class="mrn">{patient.mrn}</span>
              <Key of="Enter" />
            </Row>
          ))}
        </List>
      )}
    </div>
  );
}
