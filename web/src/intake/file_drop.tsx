// A place for files: dropped anywhere on the screen while it is shown, or chosen by key.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../keys";
import { Button } from "../parts";
import { filesOf, sorted } from "./sending";

interface Props { accept: string; many?: boolean; keys: string; label: string; onFiles: (files: File[]) => void; children: ComponentChildren }

export function FileDrop({ accept, many = false, keys, label, onFiles, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  const give = (files: File[]) => { if (files.length > 0) latest.current(files); };
  useKeys([{ keys, label, run: () => input.current?.click(), group: "Files" }]);
  useEffect(() => {
    // A file let go beside the place would otherwise take the screen's place in the window.
    const drag = (event: DragEvent) => { event.preventDefault(); setOver(event.type === "dragover"); };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void filesOf(event.dataTransfer).then(give);
    };
    addEventListener("dragover", drag);
    addEventListener("dragleave", drag);
    addEventListener("drop", drop);
    return () => { removeEventListener("dragover", drag); removeEventListener("dragleave", drag); removeEventListener("drop", drop); };
  }, []);
  return (
    <section class={`file-drop ${over ? "over" : ""}`} aria-label={label}>
      <p>{children}</p>
      <Button k={keys} onClick={() => input.current?.click()}>{label}</Button>
      <input ref={input} type="file" accept={accept} multiple={many} hidden aria-label={label}
        onChange={(event) => { give(sorted([...(event.currentTarget.files ?? [])])); event.currentTarget.value = ""; }} />
    </section>
  );
}
