// Patients from a file of the register: what was added, and every line that was refused with its reason.
import { useState } from "preact/hooks";
import { paths, post, useDoing } from "../api";
import { Dialog, ProblemNote } from "../dialog";
import { FileDrop } from "../intake/file_drop";
import { send } from "../intake/sending";
import { Chip } from "../parts";
import { count } from "../words";

interface Imported { added: number; unchanged: number; refused: number; refusals: { line: number; why: string }[] }

export function ImportPatients({ close }: { close: () => void }) {
  const [file, setFile] = useState("");
  const [done, setDone] = useState<Imported | null>(null);
  const doing = useDoing();
  const take = ([csv]: File[]) => void doing.run(async () => {
    setDone(null);
    setFile(csv!.name);
    setDone(await post<Imported>(paths.importPatients, { upload: await send([csv!], () => {}, new AbortController().signal) }));
  });
  return (
    <Dialog title="Import patients" close={close} class="wide">
      <div class="form">
        <FileDrop accept=".csv,text/csv" keys="o" label="Choose a CSV file" onFiles={take}>
          Drop a CSV file here: a first line with <code>mrn,family,given,dob,sex,...</code>, then one patient in each line. Who is known already stays as they are.
        </FileDrop>
        <div role="status">
          {doing.busy && <p>{file} is read …</p>}
          {done && <p class="chips"><Chip tone="fine">{count(done.added)} added</Chip><Chip tone="quiet">{count(done.unchanged)} known already</Chip>{done.refused > 0 && <Chip tone="stop">{count(done.refused)} refused</Chip>}</p>}
        </div>
        <ProblemNote problem={doing.problem} />
        {done && done.refusals.length > 0 && (
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Refused lines">
            <table class="table refused-lines"><thead><tr><th class="number">Line</th><th>Why it was refused</th></tr></thead>
              <tbody>{done.refusals.map((one) => <tr key={one.line}><td class="number figures">{count(one.line)}</td><td>{one.why}</td></tr>)}</tbody></table>
          </div>
        )}
        {done && done.refusals.length < done.refused && <p class="because">The first {count(done.refusals.length)} are shown.</p>}
      </div>
    </Dialog>
  );
}
