// The page image with its marks: the hero of every screen. Keys: 1 width, 2 page, 3 hit, o original, n/p next and
// previous hit, + and - zoom. Zoom and position stay when the next page comes.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Boxed, type ImageKind, type Size, paths } from "./api";
import { type KeyAction, useKeys } from "./keys";
import { type MarkTone, PageImage, type Place, type Zoom } from "./page_image";
import { Button, Icon } from "./parts";

export interface Mark extends Boxed { label: string; tone: MarkTone }
export interface Viewed { page: string; upright: Size; delivered: Size; marks: Mark[] }

interface Props {
  of: Viewed;
  active?: number;              // the mark pointed at; -1 = none. Without it the viewer steps through the marks itself
  start: Zoom;                  // how the first page is shown
  caption: ComponentChildren;
  steps?: { noun: string };     // n/p step through the marks: "hit"
  children?: ComponentChildren; // more buttons
}

export function Viewer({ of, active, start, caption, steps, children }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const image = useRef<PageImage | null>(null);
  const [kind, setKind] = useState<ImageKind>("upright");
  const [zoom, setZoom] = useState<Zoom>(start);
  const [step, setStep] = useState(0);
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const wanted = useRef<Zoom>(zoom);
  wanted.current = zoom;

  const size = kind === "upright" ? of.upright : of.delivered;
  const places: Place[] = of.marks.map((mark) => ({ box: mark[kind], label: mark.label, tone: mark.tone }));
  const chosen = active ?? (of.marks.length ? Math.min(step, of.marks.length - 1) : -1);
  const placesKey = JSON.stringify(places);

  useEffect(() => {
    const created = new PageImage(element.current!, {
      opened: () => { setState("shown"); created.zoom(wanted.current, "at once"); },
      failed: () => setState("broken"),
      moved: () => setZoom("free"),
    });
    image.current = created;
    return () => created.destroy();
  }, []);
  useEffect(() => setStep(0), [of.page]);
  useEffect(() => { image.current?.mark(places, chosen); }, [placesKey, chosen]);
  useEffect(() => {
    setState("loading");
    image.current?.open(paths.image(of.page, kind), size);
  }, [of.page, kind]);
  // A hit stepped to is brought into view, however the page stands.
  useEffect(() => {
    if (chosen >= 0) image.current?.zoom(zoom === "free" ? "hit" : zoom, "gently");
  }, [chosen]);

  const show = (next: Zoom) => { setZoom(next); wanted.current = next; image.current?.zoom(next, "gently"); };
  const turn = (by: number) => { if (of.marks.length) setStep((chosen + by + of.marks.length) % of.marks.length); };
  const flip = () => setKind(kind === "upright" ? "delivered" : "upright");

  const keys: KeyAction[] = [
    { keys: "1", label: "Zoom to width", run: () => show("width"), group: "Page" },
    { keys: "2", label: "Whole page", run: () => show("page"), group: "Page" },
    { keys: "o", label: "Original or straightened", run: flip, group: "Page" },
    { keys: "+", label: "Zoom in", run: () => { setZoom("free"); image.current?.zoomBy(1.25); }, group: "Page" },
    { keys: "-", label: "Zoom out", run: () => { setZoom("free"); image.current?.zoomBy(0.8); }, group: "Page" },
  ];
  if (steps) {
    keys.push({ keys: "3", label: `Zoom to ${steps.noun}`, run: () => show("hit"), group: "Page" },
      { keys: "n", label: `Next ${steps.noun}`, run: () => turn(1), group: "Page" },
      { keys: "p", label: `Previous ${steps.noun}`, run: () => turn(-1), group: "Page" });
  }
  useKeys(keys);

  return (
    <section class="viewer" aria-label="Page image">
      <header class="bar">
        <div class="caption">{caption}</div>
        <div class="tools">
          {steps && of.marks.length > 0 && (
            <>
              <span class="figures" role="status">{steps.noun} {chosen + 1} of {of.marks.length}</span>
              <Button k="p" onClick={() => turn(-1)} title={`Previous ${steps.noun}`}>‹</Button>
              <Button k="n" onClick={() => turn(1)} title={`Next ${steps.noun}`}>›</Button>
            </>
          )}
          {children}
          <span class="group" role="group" aria-label="Zoom">
            <Button k="1" pressed={zoom === "width"} onClick={() => show("width")}>Width</Button>
            <Button k="2" pressed={zoom === "page"} onClick={() => show("page")}>Page</Button>
            {steps && <Button k="3" pressed={zoom === "hit"} onClick={() => show("hit")}>Hit</Button>}
          </span>
          <Button k="o" onClick={flip} title="Show the page as it was scanned, or straightened">
            {kind === "upright" ? "Straightened" : "Original"}
          </Button>
        </div>
      </header>
      <div class={`stage ${state}`}>
        <div class="image" ref={element} data-state={state} data-page={of.page} data-kind={kind} />
        {state === "loading" && <div class="frame" aria-label="loading" style={{ aspectRatio: `${Math.max(1, size[0])} / ${Math.max(1, size[1])}` }} />}
        {state === "broken" && (
          <div class="state trouble" role="alert">
            <Icon tone="stop" /><h2>This page cannot be shown</h2>
            <p>Its image could not be read. The original bytes are kept untouched; what is wrong with them stands in the batch.</p>
          </div>
        )}
      </div>
    </section>
  );
}
