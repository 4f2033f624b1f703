// The trail: who did what, when, from where, to which patient, and why. Checked against its chain, and taken out as a file.
import { useEffect, useState } from "preact/hooks";
import { type AuditCheck, type AuditRecord, type Paged, ask, download, get, paths, useDoing, useList } from "../api";
import { Field, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Chip, Icon, Skeleton, Trouble } from "../parts";
import { type Kept, go } from "../route";
import { may } from "../session";
import { count } from "../words";
import { AuditTable } from "./audit_table";

const kFields: [key: string, label: string, type?: "date"][] = [["user", "User"], ["mrn", "Patient (MRN)"], ["page", "Page"], ["document", "Document"], ["action", "Deed"], ["from", "From", "date"], ["to", "To", "date"]];
const kTypingPauseMs = 350;

export function AuditScreen({ filter }: { filter: Kept }) {
  const [words, setWords] = useState<Kept>(filter);
  const [check, setCheck] = useState<AuditCheck | null>(null);
  const doing = useDoing();
  useEffect(() => {
    const timer = setTimeout(() => go("/audit", "replace", Object.fromEntries(Object.entries(words).filter(([, value]) => value))), kTypingPauseMs);
    return () => clearTimeout(timer);
  }, [words]);
  const list = useList<AuditRecord, Paged<AuditRecord>>(paths.audit(filter), (answer) => answer.items, true);
  const verify = () => void doing.run(async () => setCheck(await get<AuditCheck>(paths.auditVerify)));
  const save = (format: "csv" | "fhir") => void doing.run(async () => download(await ask("GET", paths.auditExport(filter, format)), `audit.${format === "csv" ? "csv" : "json"}`, "save"));
  useKeys([
    { keys: "/", label: "Whose deeds", run: () => document.querySelector<HTMLInputElement>(".filters input")?.focus(), group: "Audit" },
    { keys: "Escape", label: "Leave the box", run: () => (document.activeElement as HTMLElement | null)?.blur(), whileTyping: true },
    { keys: "v", label: "Check the chain", run: verify, group: "Audit", once: true },
    { keys: "m", label: "Earlier records", run: () => list.more?.(), group: "Audit" },
    { keys: "Delete", label: "Clear the filter", run: () => setWords({}), group: "Audit" },
    ...(may("export") ? [{ keys: "E", label: "Save as CSV", run: () => save("csv"), group: "Audit" }] : []),
  ]);
  return (
    <div class="sheet">
      <header class="sheet-head">
        <h1>Audit trail</h1>
        {check && (check.ok ? <Chip tone="fine" title={`head ${check.head.number}: ${check.head.hash}`}>{count(check.records)} records, unbroken to no. {check.head.number}</Chip> : <Chip tone="stop">{check.fault}</Chip>)}
        <span class="push" />
        <Button k="v" disabled={doing.busy} onClick={verify}>Check the chain</Button>
        {may("export") && <><Button k="E" onClick={() => save("csv")}>Save as CSV</Button><Button onClick={() => save("fhir")}>Save as FHIR</Button></>}
      </header>
      {check && !check.ok && <p class="note stop" role="alert"><Icon tone="stop" />The trail was altered: {check.fault}. Tell whoever answers for privacy, and keep this archive as it is.</p>}
      <ProblemNote problem={doing.problem} />
      <div class="filters" role="search" aria-label="Filter">
        {kFields.map(([key, label, type]) => <Field key={key} label={label} type={type} value={words[key] ?? ""} onInput={(value) => setWords({ ...words, [key]: value })} maxLength={64} />)}
        <Button k="Del" onClick={() => setWords({})}>Clear</Button>
      </div>
      {list.problem && <Trouble problem={list.problem} retry={list.retry} />}
      {!list.answer && list.loading && <Skeleton rows={8} />}
      {list.answer && <AuditTable records={list.items} of="Records, newest first" />}
      {list.more && <p class="foot"><Button k="m" onClick={list.more}>Earlier records</Button></p>}
    </div>
  );
}
