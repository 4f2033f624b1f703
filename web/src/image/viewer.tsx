// The page image with its marks: the hero of every screen. Zoom and position stay when the next page comes.
// Keys, the same everywhere: w width, e entire page, x the mark, 0 pixels, + and -, v turn the view, o as scanned, Page Up and Down.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Boxed, ImageKind, Size } from "../api";
import { type KeyAction, useKeys } from "../keys";
import { Button, Icon } from "../parts";
import { type MarkTone, PageImage, type Place, type Zoom } from "./page_image";

export interface Mark extends Boxed { label: string; tone: MarkTone; lit?: boolean }
export interface Viewed { page: string; upright: Size; delivered: Size; marks: Mark[]; version?: number }  // version: another one is another image of the same page

interface Props {
  of: Viewed;
  active?: number;              // the mark pointed at; -1 = none. Without it the viewer steps through the marks itself
  start: Zoom;                  // how the first page is shown
  caption: ComponentChildren;
  steps?: { noun: string };     // n/p step through the marks: "hit"
  onShown?: (page: string) => void;  // it is drawn
  label?: string;               // of the image, for those who hear it
  children?: ComponentChildren; // more buttons
}

const kPan = 0.85, kNudge = 0.12;  // of the view

export function Viewer({ of, active, start, caption, steps, onShown, label, children }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const image = useRef<PageImage | null>(null);
  const [kind, setKind] = useState<ImageKind>("upright");
  const [zoom, setZoom] = useState<Zoom>(start);
  const [turns, setTurns] = useState(0);
  const [step, setStep] = useState({ page: of.page, at: 0 });
  const [shown, setShown] = useState<{ page: string; state: "shown" | "broken" }>({ page: "", state: "shown" });

  const size = kind === "upright" ? of.upright : of.delivered;
  const places: Place[] = of.marks.map((mark) => ({ box: mark[kind], label: mark.label, tone: mark.tone, lit: mark.lit ?? false }));
  const at = step.page === of.page ? step.at : 0;
  const chosen = active ?? (steps && of.marks.length ? Math.min(at, of.marks.length - 1) : -1);
  const state = shown.page === `${of.page} ${kind}` ? shown.state : "loading";
  const placesKey = JSON.stringify(places);

  const kindNow = useRef(kind), pageNow = useRef(of.page), told = useRef(onShown);
  kindNow.current = kind;
  pageNow.current = of.page;
  told.current = onShown;
  useLayoutEffect(() => {
    const created = new PageImage(element.current!, {
      shown: (page) => { setShown({ page: `${page} ${kindNow.current}`, state: "shown" }); told.current?.(page); },
      failed: () => setShown({ page: `${pageNow.current} ${kindNow.current}`, state: "broken" }),
      moved: () => setZoom("free"),
    });
    created.zoom(start, "at once");
    image.current = created;
    return () => created.destroy();
  }, []);
  useLayoutEffect(() => { image.current?.mark(places, chosen); image.current?.open(of.page, kind, size); }, [of.page, kind, size[0], size[1], of.version]);
  useLayoutEffect(() => { image.current?.mark(places, chosen); }, [placesKey, chosen]);
  // A mark stepped to is brought into view, however the page stands.
  const firstStep = useRef(true);
  useLayoutEffect(() => {
    if (chosen >= 0 && !firstStep.current) image.current?.zoom(zoom === "free" || zoom === "page" ? "hit" : zoom, "gently");
    firstStep.current = false;
  }, [step]);

  const show = (next: Zoom) => { setZoom(next); image.current?.zoom(next, "gently"); };
  const by = (factor: number) => { setZoom("free"); image.current?.zoomBy(factor); };
  const pan = (right: number, down: number) => { setZoom("free"); image.current?.panBy(right, down); };
  const turn = (way: number) => { if (of.marks.length) setStep({ page: of.page, at: (Math.max(0, chosen) + way + of.marks.length) % of.marks.length }); };
  const flip = () => setKind(kind === "upright" ? "delivered" : "upright");
  const rotate = () => { setTurns((turns + 1) % 4); image.current?.turn(turns + 1); };

  const keys: KeyAction[] = [
    { keys: "w", label: "Zoom to width", run: () => show("width"), group: "Page" },
    { keys: "e", label: "Entire page", run: () => show("page"), group: "Page" },
    { keys: "0", label: "Zoom to pixels", run: () => show("pixel"), group: "Page" },
    { keys: "+", label: "Zoom in", run: () => by(1.25), group: "Page" },
    { keys: "-", label: "Zoom out", run: () => by(0.8), group: "Page" },
    { keys: "PageDown", label: "Down the page", run: () => pan(0, kPan), group: "Page" },
    { keys: "PageUp", label: "Up the page", run: () => pan(0, -kPan), group: "Page" },
    { keys: "v", label: "Turn the view", run: rotate, group: "Page" },
    { keys: "o", label: "As scanned, or cleaned", run: flip, group: "Page" },
  ];
  if (steps) {
    keys.push({ keys: "x", label: `Zoom to the ${steps.noun}`, run: () => show("hit"), group: "Page" },
      { keys: "n", label: `Next ${steps.noun}`, run: () => turn(1), group: "Page" },
      { keys: "p", label: `Previous ${steps.noun}`, run: () => turn(-1), group: "Page" });
  }
  useKeys(keys);
  // With the image in focus the arrows move it; elsewhere they are the screen's.
  const arrows = (event: KeyboardEvent) => {
    const way = ({ ArrowLeft: [-kNudge, 0], ArrowRight: [kNudge, 0], ArrowUp: [0, -kNudge], ArrowDown: [0, kNudge] } as Record<string, [number, number]>)[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    pan(...way);
  };

  return (
    <section class="viewer" aria-label="Page image">
      <header class="bar">
        <div class="caption">{caption}</div>
        <div class="tools">
          {steps && (
            <>
              <span class="figures steps" role="status">{of.marks.length ? `${steps.noun} ${chosen + 1} of ${of.marks.length}` : `no ${steps.noun}`}</span>
              <Button k="p" disabled={of.marks.length === 0} onClick={() => turn(-1)} title={`Previous ${steps.noun}`}>‹</Button>
              <Button k="n" disabled={of.marks.length === 0} onClick={() => turn(1)} title={`Next ${steps.noun}`}>›</Button>
            </>
          )}
          {children}
          <span class="group" role="group" aria-label="Zoom">
            <Button k="w" pressed={zoom === "width"} onClick={() => show("width")}>Width</Button>
            <Button k="e" pressed={zoom === "page"} onClick={() => show("page")}>Page</Button>
            {steps && <Button k="x" pressed={zoom === "hit"} onClick={() => show("hit")}>{steps.noun.replace(/^./, (c) => c.toUpperCase())}</Button>}
            <Button k="0" pressed={zoom === "pixel"} onClick={() => show("pixel")}>1:1</Button>
          </span>
          <Button k="v" onClick={rotate} title="Turn the view by 90 degrees; the page stays as it is">⟳</Button>
          <Button k="o" pressed={kind === "delivered"} onClick={flip} title="Show the page as it was scanned, or cleaned">As scanned</Button>
        </div>
      </header>
      <div class={`stage ${state}`}>
        <div class="image" ref={element} data-state={state} data-page={of.page} data-kind={kind} tabIndex={0} role="img" onKeyDown={arrows}
          aria-label={label ?? `Image of page ${of.page}. Arrow keys move it.`} aria-busy={state === "loading"} />
        {state === "broken" && (
          <div class="state trouble" role="alert">
            <Icon tone="stop" /><h2>This page cannot be shown</h2>
            <p>Its image could not be read, or it is closed to you. The original bytes are kept untouched.</p>
          </div>
        )}
      </div>
    </section>
  );
}
