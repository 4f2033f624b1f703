// Who saw this chart, newest first.
import { useRef } from "preact/hooks";
import { type AuditRecord, type Paged, paths, useList } from "../api";
import { AuditTable } from "../audit/audit_table";
import { Dialog } from "../dialog";
import { Button, Skeleton, Trouble } from "../parts";

export function Accesses({ mrn, close }: { mrn: string; close: () => void }) {
  const path = useRef(paths.accesses(mrn));
  const list = useList<AuditRecord, Paged<AuditRecord>>(path.current, (answer) => answer.items);
  return (
    <Dialog title="Who saw this chart" close={close} class="wide">
      {list.problem && <Trouble problem={list.problem} retry={list.retry} />}
      {list.loading && <Skeleton rows={5} />}
      {list.answer && <AuditTable records={list.items} of="Looks at this chart" />}
      {list.more && <div class="foot-of"><Button onClick={list.more}>Earlier</Button></div>}
    </Dialog>
  );
}
