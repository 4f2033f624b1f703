// Records of the trail as a table.
import type { AuditRecord } from "../api";
import { Chip } from "../parts";
import { address, follow } from "../route";
import { may } from "../session";
import { clockTime, outcomeTone } from "../words";

export function AuditTable({ records, of }: { records: AuditRecord[]; of: string }) {
  if (records.length === 0) return <p class="because none-found">Nothing of that stands in the trail.</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={of}>
      <table class="table">
        <thead><tr><th class="number">No.</th><th>When</th><th>Who</th><th>From</th><th>Did</th><th>Patient</th><th>What</th><th>Why</th><th>Ended</th></tr></thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.number}>
              <td class="number figures">{record.number}</td>
              <td class="figures">{clockTime(record.at)}</td>
              <td><b>{record.user || "–"}</b></td>
              <td class="mrn">{record.origin}</td>
              <td>{record.action}</td>
              <td class="mrn">{record.mrns.length > 2 ? `${record.mrns.slice(0, 2).join(" ")} +${record.mrns.length - 2}` : record.mrns.join(" ")}</td>
              <td class="what-cell">{record.page && <span class="mrn">{record.page}</span>} {record.document && <span class="mrn">{record.document}</span>}{" "}
                {record.batch && (may("batch-work") ? <a href={address(["batches", record.batch])} onClick={follow(address(["batches", record.batch]))}>{record.batch}</a> : <span class="mrn">{record.batch}</span>)} {record.query ? <code>{record.query}</code> : null} {record.detail}</td>
              <td>{record.why}</td>
              <td><Chip tone={outcomeTone(record.outcome)}>{record.outcome}</Chip></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
