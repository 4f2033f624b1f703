// Files instead of paper: named, sent, and taken in as a batch, which is then looked at like any other.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Scan, paths, post, useApi, useDoing } from "../api";
import { Dialog, Field, ProblemNote } from "../dialog";
import { type Sending, send } from "../intake/sending";
import { Button, Icon } from "../parts";
import { address, go } from "../route";
import { clockTime, forScreens, megabytes, percent, plural } from "../words";

const kLookMs = 300;

export function FilesDialog({ files, close }: { files: File[]; close: () => void }) {
  const [name, setName] = useState(`files ${clockTime(Date.now() / 1000)}`);
  const [pages, setPages] = useState("");
  const [sending, setSending] = useState<Sending | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const doing = useDoing();
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);  // closed: what is not sent yet stays here
  const told = useApi<Scan>(job && paths.scan(job), true, kLookMs);
  const scan = told.data?.id === job ? told.data : null;
  useEffect(() => { if (scan?.batch) go(address(["scan", scan.batch])); }, [scan?.batch]);
  const submit = (event: Event) => {
    event.preventDefault();
    void doing.run(async () => {
      stop.current = new AbortController();
      const upload = await send(files, setSending, stop.current.signal);
      setJob((await post<Scan>(paths.takeIn(upload), { batch_name: name.trim(), expect_pages: pages ? Number(pages) : undefined })).id);
    }).then((went) => { if (!went) setSending(null); });
  };
  const all = files.reduce((sum, file) => sum + file.size, 0);
  const busy = doing.busy || (job !== null && scan?.state !== "failed");
  return (
    <Dialog title="Take files in" close={close}>
      <form class="form" onSubmit={submit}>
        <p><b>{plural(files.length, "file")}</b>, {megabytes(all)}: {files.slice(0, 3).map((file) => file.name).join(", ")}{files.length > 3 ? " …" : ""}</p>
        <Field label="Name of the batch" first required value={name} onInput={setName} maxLength={100} hint="No patient's name." />
        <Field label="Pages, counted by hand" type="number" min={1} value={pages} onInput={setPages} hint="May be left out. The batch waits where the count disagrees." />
        {sending && <p class="sending" role="status"><progress value={sending.sent} max={Math.max(1, sending.of)} aria-label="Sent" /><span class="figures">{percent(sending.sent / Math.max(1, sending.of))} of {megabytes(sending.of)} sent</span></p>}
        <ProblemNote problem={doing.problem ?? told.problem} />
        {scan?.state === "failed" && <p class="note stop" role="alert"><Icon tone="stop" /><span>{forScreens(`${scan.error ?? "The files could not be taken in."} ${scan.advice ?? ""}`)}</span></p>}
        <div class="foot-of"><button class="button primary" disabled={busy || !name.trim()}>{busy ? "Sending" : "Take in"}<kbd>Enter</kbd></button>{busy && <Button onClick={close}>Stop</Button>}</div>
      </form>
    </Dialog>
  );
}
