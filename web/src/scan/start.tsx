// Before the first sheet: profile or device, the sheets counted by hand, go.
import { useEffect, useState } from "preact/hooks";
import { type Device, type Profile, type Scan, paths, post, useApi, useDoing } from "../api";
import { Choice, Field, ProblemNote } from "../dialog";
import { FileDrop } from "../intake/file_drop";
import { useKeys } from "../keys";
import { Button, Chip, Empty, Skeleton, Trouble } from "../parts";
import { address, go } from "../route";
import { forScreens } from "../words";
import { FilesDialog } from "./files";

const kSources: [string, string][] = [["adf-duplex", "Feeder, both sides"], ["adf", "Feeder, fronts"], ["flatbed", "Glass"]];
const kModes: [string, string][] = [["gray", "Gray"], ["color", "Colour"], ["bitonal", "Black and white"]];

const kFiles = ".tif,.tiff,.pdf,.png,.jpg,.jpeg";
const kLookMs = 300;  // for the batch of a scan that was begun: the server knows it when the device has opened

export function StartScan({ open }: { open: Scan[] }) {
  const profiles = useApi<{ items: Profile[] }>(paths.profiles);
  const devices = useApi<{ items: Device[]; notes?: string[] }>(paths.devices);
  const [words, setWords] = useState({ profile: "", device: "", source: "adf-duplex", dpi: "300", mode: "gray", batch: "", sheets: "" });
  const doing = useDoing();
  const [files, setFiles] = useState<File[] | null>(null);
  const [begun, setBegun] = useState<string | null>(null);
  const scan = useApi<Scan>(begun ? paths.scan(begun) : null, true, kLookMs).data;
  const failed = scan?.state === "failed" ? scan : null;
  useEffect(() => { if (scan?.batch) go(address(["scan", scan.batch])); }, [scan?.batch]);
  const put = (key: keyof typeof words) => (value: string) => setWords({ ...words, [key]: value });
  const profile = profiles.data?.items.find((one) => one.name === words.profile);
  // The only profile, or the only scanner, is chosen already.
  useEffect(() => {
    const first = profiles.data?.items[0];
    if (first && !words.profile) setWords((now) => ({ ...now, profile: first.name, sheets: first.expect_sheets ? String(first.expect_sheets) : now.sheets }));
  }, [profiles.data]);
  useEffect(() => {
    const first = devices.data?.items[0];
    if (first && !words.device) setWords((now) => ({ ...now, device: first.id }));
  }, [devices.data]);

  const start = () => void doing.run(async () => {
    const own = profile && profile.device ? { profile: profile.name } : { profile: profile?.name, device: words.device };
    const order = profile ? own : { device: words.device, source: words.source, dpi: Number(words.dpi), mode: words.mode };
    setBegun(null);
    const started = await post<Scan>(paths.scans, { ...order, batch_name: words.batch.trim() || undefined, expect_sheets: words.sheets ? Number(words.sheets) : undefined });
    setBegun(started.id);
  });
  useKeys([{ keys: "Enter", label: "Start", run: start, group: "Scan", once: true, whileTyping: true }]);

  const loading = profiles.loading || devices.loading;
  const nothing = !loading && (profiles.data?.items.length ?? 0) === 0 && (devices.data?.items.length ?? 0) === 0;
  return (
    <div class="start-scan">
      <h1>Scan</h1>
      {open.filter((one) => one.batch).map((one) => (
        <p key={one.id} class={one.state === "stopped" ? "note stop" : "note held"}><span>{one.batch} {one.state === "stopped" ? "stands still" : "is being fed"}: {one.device}, {one.operator}.</span>
          <Button onClick={() => go(address(["scan", one.batch!]))}>Go there</Button></p>
      ))}
      {loading && <Skeleton rows={3} />}
      {devices.problem && <Trouble problem={devices.problem} retry={devices.retry} />}
      {nothing && !devices.problem && <Empty title="No scanner was found"><p>Switch it on and plug it in, then try again. Without paper: the virtual feeder of the handbook.</p><Button onClick={() => { devices.retry(); profiles.retry(); }}>Look again</Button></Empty>}
      {!loading && !nothing && (
        <form class="form" onSubmit={(event) => { event.preventDefault(); start(); }}>
          {(profiles.data?.items.length ?? 0) > 0 && (
            <Choice label="Profile" value={words.profile} of={[...profiles.data!.items.map((one): [string, string] => [one.name, `${one.name}: ${one.source}, ${one.dpi} dpi, ${one.mode}`]), ["", "None: choose by hand"]]} onChange={put("profile")} />
          )}
          {!(profile && profile.device) && (
            <Choice label="Scanner" value={words.device} of={(devices.data?.items ?? []).map((one) => [one.id, `${one.vendor} ${one.model}`.trim() || one.id])} onChange={put("device")} />
          )}
          {!profile && (
            <div class="beside">
              <Choice label="Paper from" value={words.source} of={kSources} onChange={put("source")} />
              <Choice label="As" value={words.mode} of={kModes} onChange={put("mode")} />
              <Field label="Dots an inch" type="number" min={50} value={words.dpi} onInput={put("dpi")} />
            </div>
          )}
          <Field label="Name of the batch" value={words.batch} onInput={put("batch")} placeholder="box 12" maxLength={100} hint="What is written on the box. No patient's name." />
          <Field label="Sheets, counted by hand" type="number" min={1} first value={words.sheets} onInput={put("sheets")} hint="The batch waits where the count disagrees." />
          {devices.data?.notes?.map((note) => <p key={note} class="because">{note}</p>)}
          <ProblemNote problem={doing.problem} />
          {failed && <p class="note stop" role="alert"><span>{forScreens(`${failed.error} ${failed.advice ?? ""}`)}</span></p>}
          <div class="foot-of"><button class="button primary large" disabled={doing.busy || (begun !== null && !failed)}>Start<kbd>Enter</kbd></button>{begun !== null && !failed && <Chip tone="held">starting</Chip>}</div>
        </form>
      )}
      <FileDrop accept={kFiles} many keys="o" label="Choose files" onFiles={setFiles}>Files instead of paper: drop TIFF, PDF, PNG or JPEG here, or whole folders of them.</FileDrop>
      {files && <FilesDialog files={files} close={() => setFiles(null)} />}
    </div>
  );
}
