// The trail: who did what, when, from where, to which patient, and why. Checked against its chain, and taken out as a file.
import { useState } from "preact/hooks";
import { type AuditCheck, type AuditRecord, type Paged, ask, get, paths, save, useDoing, useList } from "../api";
import { Choice, Field, ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Chip, Icon, Skeleton, Trouble } from "../parts";
import { type Kept, go } from "../route";
import { may } from "../session";
import { count } from "../words";
import { AuditTable } from "./audit_table";

const kFields: [key: string, label: string, type?: "date"][] = [["user", "User"], ["mrn", "Patient (MRN)"], ["page", "Page"], ["document", "Document"], ["from", "From", "date"], ["to", "To", "date"]];

// As docs/audit-trail.md lists them.
const kDeeds = ["login", "login-refused", "logout", "session-ended", "view-page", "view-image", "view-document", "view-chart", "view-patients", "view-batch", "view-review",
  "search", "print", "export", "scan", "change", "refile", "release", "patient-change", "refused", "break-glass", "glass-judged", "user-change", "token-change", "config",
  "service-start", "service-stop", "audit-read", "anchor-failed", "trail-recovered"];

export function AuditScreen({ filter }: { filter: Kept }) {
  const [words, setWords] = useState<Kept>(filter);
  const show = (wanted: Kept) => go("/audit", "replace", Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value)));
  const clear = () => { setWords({}); show({}); };
  const [check, setCheck] = useState<AuditCheck | null>(null);
  const doing = useDoing();
  const list = useList<AuditRecord, Paged<AuditRecord>>(paths.audit(filter), (answer) => answer.items, true);
  const verify = () => void doing.run(async () => setCheck(await get<AuditCheck>(paths.auditVerify)));
  const take = (format: "csv" | "fhir") => void doing.run(async () => save(await (await ask("GET", paths.auditExport(filter, format))).blob(), `audit.${format === "csv" ? "csv" : "ndjson"}`));
  useKeys([
    { keys: "/", label: "Whose deeds", run: () => document.querySelector<HTMLInputElement>(".filters input")?.focus(), group: "Audit" },
    { keys: "Escape", label: "Leave the box", run: () => (document.activeElement as HTMLElement | null)?.blur(), whileTyping: true },
    { keys: "v", label: "Check the chain", run: verify, group: "Audit", once: true },
    { keys: "m", label: "Earlier records", run: () => list.more?.(), group: "Audit" },
    { keys: "Delete", label: "Clear the filter", run: clear, group: "Audit" },
    ...(may("export") ? [{ keys: "E", label: "Save as CSV", run: () => take("csv"), group: "Audit" }] : []),
  ]);
  return (
    <div class="sheet">
      <header class="sheet-head">
        <h1>Audit trail</h1>
        {check && (check.ok ? <Chip tone="fine" title={`head ${check.head.number}: ${check.head.hash}`}>{count(check.records)} records, unbroken to no. {check.head.number}</Chip> : <Chip tone="stop">{check.fault?.message}</Chip>)}
        <span class="push" />
        <Button k="v" disabled={doing.busy} onClick={verify}>Check the chain</Button>
        {may("export") && <><Button k="E" onClick={() => take("csv")}>Save as CSV</Button><Button onClick={() => take("fhir")}>Save as FHIR</Button></>}
      </header>
      {check && !check.ok && <p class="note stop" role="alert"><Icon tone="stop" />{check.fault?.message} Tell whoever answers for privacy, and keep this archive as it is.</p>}
      <ProblemNote problem={doing.problem} />
      <form class="filters" role="search" aria-label="Filter" onSubmit={(event) => { event.preventDefault(); show(words); }}>
        {kFields.map(([key, label, type]) => <Field key={key} label={label} type={type} value={words[key] ?? ""} onInput={(value) => setWords({ ...words, [key]: value })} maxLength={64} />)}
        <Choice label="Deed" value={words["action"] ?? ""} of={[["", "Any"], ...kDeeds.map((one): [string, string] => [one, one.replace(/-/g, " ")])]} onChange={(action) => { setWords({ ...words, action }); show({ ...words, action }); }} />
        <span class="group-loose"><button class="button primary">Show<kbd>Enter</kbd></button><Button k="Del" onClick={clear}>Clear</Button></span>
      </form>
      {list.problem && <Trouble problem={list.problem} retry={list.retry} />}
      {!list.answer && list.loading && <Skeleton rows={8} />}
      {list.answer && <AuditTable records={list.items} of="Records, newest first" />}
      {list.more && <p class="foot"><Button k="m" onClick={list.more}>Earlier records</Button></p>}
    </div>
  );
}
