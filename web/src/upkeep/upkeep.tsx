// Upkeep of the archive: is every stored byte still what it was, and is the index in order. It runs beside everything else.
import { type Upkeep, paths, post, useApi, useDoing } from "../api";
import { ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Chip, Skeleton, Trouble } from "../parts";
import { clockTime, count, forScreens, megabytes, percent } from "../words";

type Deed = "verify" | "tidy-index" | "rebuild-index";

const kLookMs = 2000;
const kDeeds: { deed: Deed; keys: string; name: string; says: string }[] = [
  { deed: "verify", keys: "v", name: "Check every byte", says: "Reads every original, page, document and record of the audit trail, and compares it with its hash. Changes nothing." },
  { deed: "tidy-index", keys: "t", name: "Put the index in order", says: "Melts its parts into fewer: questions are answered a little faster." },
  { deed: "rebuild-index", keys: "b", name: "Build the index anew", says: "From the texts that are stored. Until it is whole a question may miss pages, and says so." },
];
const kNames = new Map(kDeeds.map(({ deed, name }) => [deed as string, name]));

export function UpkeepScreen() {
  const upkeep = useApi<Upkeep>(paths.upkeep, true, kLookMs);
  const doing = useDoing();
  const jobs = upkeep.data?.jobs ?? [];
  const working = jobs.some((job) => job.state === "starting" || job.state === "feeding");
  const start = (deed: Deed) => () => { if (!working) void doing.run(async () => { await post(paths.upkeep, { do: deed }); upkeep.reload(); }); };
  useKeys(kDeeds.map(({ deed, keys, name }) => ({ keys, label: name, run: start(deed), group: "Upkeep", once: true })));
  const index = upkeep.data?.index;
  return (
    <div class="sheet upkeep">
      <header class="sheet-head"><h1>Upkeep</h1></header>
      {upkeep.problem && !upkeep.data && <Trouble problem={upkeep.problem} retry={upkeep.retry} />}
      {!upkeep.data && upkeep.loading && <Skeleton rows={4} />}
      {index && <p class="index-state"><Chip tone={index.whole ? "fine" : "look"}>{index.whole ? "The index is whole" : "The index is being built"}</Chip> <b class="figures">{count(index.pages)}</b> pages can be found,
        in {count(index.layers.reduce((sum, layer) => sum + layer.segments, 0))} parts of {megabytes(index.layers.reduce((sum, layer) => sum + layer.bytes, 0))} together.</p>}
      <dl class="deeds-of">
        {kDeeds.map(({ deed, keys, name, says }) => (
          <div key={deed}><dt><Button k={keys} disabled={working || doing.busy} onClick={start(deed)}>{name}</Button></dt><dd>{says}</dd></div>
        ))}
      </dl>
      <ProblemNote problem={doing.problem} />
      {jobs.length > 0 && (
        <div class="table-scroll">
          <table class="table"><thead><tr><th>Since the server started</th><th>By</th><th>Begun</th><th>How it stands</th></tr></thead>
            <tbody>{jobs.map((job) => (
              <tr key={job.id}><td>{kNames.get(job.kind) ?? job.kind}</td><td>{job.operator}</td><td class="figures">{clockTime(job.started_at)}</td>
                <td class="what-cell">
                  {job.state === "done" ? <Chip tone="fine">done</Chip> : job.state === "failed" ? <Chip tone="stop">failed</Chip> : <Chip tone="held">{job.of_sides ? `${percent(job.sides / job.of_sides)} done` : "at work"}</Chip>}
                  {job.error && <p>{forScreens(job.error)}</p>}
                  {job.notes.map((note) => <p key={note}>{note}</p>)}
                </td></tr>))}</tbody></table>
        </div>
      )}
    </div>
  );
}
