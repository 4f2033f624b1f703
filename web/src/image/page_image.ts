// The page on a canvas, with marks over it. Coordinates are in units of the page's width, so that marks fit whatever size the
// image came in. An image that was preloaded is drawn within the frame of the key press.
import type { Box, ImageKind, Size } from "../api";
import { image, kScreenWidth, ready } from "./image_store";

export type Zoom = "width" | "page" | "hit" | "pixel" | "free";
export type MarkTone = "hit" | "field" | "patient" | "type" | "date" | "cue absent" | "cue present" | "cue unsure";
export interface Place { box: Box; label: string; tone: MarkTone; lit?: boolean }

const kHitShare = 0.5;      // of the view's width that a hit's surroundings fill when zoomed to it
const kReadingLine = 0.35;  // how far down the view a hit is placed
const kMargin = 0.02;       // of the page's width, around it
const kSharpUpTo = 1.2;     // times as large as its pixels an image is shown before the full one is fetched
const kSmoothUpTo = 3;      // beyond, pixels are shown as pixels
const kSmallest = 0.3, kLargestPixels = 8;  // of the whole page; screen pixels for a pixel of the page
const kGentleMs = 140;

interface View { x: number; y: number; scale: number }  // middle of the view on the page; CSS pixels per page width

export class PageImage {
  private readonly canvas = document.createElement("canvas");
  private readonly marks = document.createElement("div");
  private readonly observer: ResizeObserver;
  private page = "";
  private kind: ImageKind = "upright";
  private asked: Size = [0, 0];  // as the page says it; [0, 0] = not known yet
  private size: Size = [1, 1.3];
  private turns = 0;  // quarter turns clockwise of the view
  private places: Place[] = [];
  private active = -1;
  private mode: Zoom = "width";
  private view: View = { x: 0.5, y: 0.65, scale: 1 };
  private moving = 0;
  private wanted = 0;  // counts what was asked for: an image that comes late is never drawn under another's name
  private drawnFull = false;

  constructor(private readonly host: HTMLElement, private readonly on: { shown: (page: string) => void; failed: () => void; moved: () => void }) {
    this.canvas.className = "paper";
    this.marks.className = "marks";
    host.append(this.canvas, this.marks);
    this.observer = new ResizeObserver(() => { this.fit(this.mode, false); });
    this.observer.observe(host);
    this.listen();
  }

  destroy(): void {
    cancelAnimationFrame(this.moving);
    this.wanted += 1;
    this.observer.disconnect();
    this.canvas.remove();
    this.marks.remove();
  }

  open(page: string, kind: ImageKind, size: Size): void {
    this.page = page;
    this.kind = kind;
    this.asked = size;
    this.size = size[0] > 0 ? size : [1, 1.3];
    this.drawnFull = false;
    this.wanted += 1;
    const asked = this.wanted;
    this.fit(this.mode, false);
    if (ready(page, kind, this.asked, kScreenWidth)) {
      image(page, kind, this.asked, kScreenWidth).catch(() => {});  // used just now
      this.on.shown(page);
      return;
    }
    image(page, kind, this.asked, kScreenWidth).then(
      (bitmap) => {
        if (asked !== this.wanted) return;
        if (size[0] <= 0) this.size = [bitmap.width, bitmap.height];
        this.fit(this.mode, false);
        this.on.shown(page);
      },
      () => { if (asked === this.wanted) this.on.failed(); },
    );
  }

  mark(places: Place[], active: number): void {
    this.places = places;
    this.active = active;
    this.draw();
  }

  zoom(mode: Zoom, how: "at once" | "gently"): void {
    this.mode = mode;
    this.fit(mode, how === "gently");
  }

  zoomBy(factor: number, at?: [x: number, y: number]): void {
    this.mode = "free";
    const before = at ? this.toPage(at) : null;
    this.view.scale = this.within(this.view.scale * factor);
    if (before && at) {
      const after = this.toPage(at);
      this.view.x += before[0] - after[0];
      this.view.y += before[1] - after[1];
    }
    this.settle();
  }

  // By shares of the view, as the page is seen.
  panBy(right: number, down: number): void {
    this.mode = "free";
    this.drag(-right * this.host.clientWidth, -down * this.host.clientHeight);
  }

  turn(turns: number): void {
    this.turns = ((turns % 4) + 4) % 4;
    this.fit(this.mode === "free" ? "page" : this.mode, false);
  }

  private get height(): number { return this.size[1] / this.size[0]; }
  private get seen(): [width: number, height: number] { return this.turns % 2 ? [this.height, 1] : [1, this.height]; }

  // Page to screen, and back; the view's middle is the fixed point.
  private toScreen([x, y]: [number, number]): [number, number] {
    const [right, down] = rotated(x - this.view.x, y - this.view.y, this.turns);
    return [this.host.clientWidth / 2 + right * this.view.scale, this.host.clientHeight / 2 + down * this.view.scale];
  }
  private toPage([x, y]: [number, number]): [number, number] {
    const [right, down] = rotated((x - this.host.clientWidth / 2) / this.view.scale, (y - this.host.clientHeight / 2) / this.view.scale, -this.turns);
    return [this.view.x + right, this.view.y + down];
  }

  private within(scale: number): number {
    const [width, height] = this.seen;
    const whole = Math.min(this.host.clientWidth / width, this.host.clientHeight / height) || 1;
    return Math.min(Math.max(scale, whole * kSmallest), (this.size[0] * kLargestPixels) / devicePixelRatio);
  }

  // The view that a mode asks for, of the page as it is turned.
  private aim(mode: Zoom): View {
    const width = this.host.clientWidth || 1, height = this.host.clientHeight || 1;
    const [wide, tall] = this.seen;
    const middle: View = { x: 0.5, y: this.height / 2, scale: 1 };
    const place = this.places[this.active];
    const hit = place ? place.box.map((pixels) => pixels / this.size[0]) as Box : null;
    if (mode === "free") return { ...this.view };
    if (mode === "page") return { ...middle, scale: Math.min(width / (wide + 2 * kMargin), height / (tall + 2 * kMargin)) };
    if (mode === "hit" && hit) {
      const across = Math.min(1, Math.max((hit[2] - hit[0]) * 1.5, kHitShare));
      return { x: clamp((hit[0] + hit[2]) / 2, across / 2 - kMargin, 1 + kMargin - across / 2), y: (hit[1] + hit[3]) / 2, scale: width / across };
    }
    const scale = mode === "pixel" ? this.size[0] / devicePixelRatio : width / (wide + 2 * kMargin);
    const half = height / scale / 2;  // of the view, down the screen
    const [, down] = hit ? rotated((hit[0] + hit[2]) / 2 - 0.5, hit[1] - this.height / 2, this.turns) : [0, -tall / 2];
    const wantedDown = hit ? down + half * (1 - 2 * kReadingLine) : down - kMargin + half;
    const lowest = tall / 2 + kMargin - half;
    const [x, y] = rotated(mode === "pixel" && hit ? rotated((hit[0] + hit[2]) / 2 - 0.5, 0, this.turns)[0] : 0,
      lowest < -lowest ? 0 : clamp(wantedDown, -lowest, lowest), -this.turns);
    return { x: 0.5 + x, y: this.height / 2 + y, scale };
  }

  private fit(mode: Zoom, gently: boolean): void {
    const from = { ...this.view }, to = this.aim(mode);
    cancelAnimationFrame(this.moving);
    if (!gently || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.view = to;
      this.settle();
      return;
    }
    const began = performance.now();
    const step = (now: number) => {
      const way = Math.min(1, (now - began) / kGentleMs), eased = way * (2 - way);
      const between = (a: number, b: number) => a + (b - a) * eased;
      this.view = { x: between(from.x, to.x), y: between(from.y, to.y), scale: between(from.scale, to.scale) };
      if (way < 1) this.moving = requestAnimationFrame(step);
      this.settle();
    };
    this.moving = requestAnimationFrame(step);
  }

  // A view that lost the page finds it again.
  private settle(): void {
    this.view.x = clamp(this.view.x, 0, 1);
    this.view.y = clamp(this.view.y, 0, this.height);
    this.draw();
  }

  private draw(): void {
    const width = this.host.clientWidth, height = this.host.clientHeight, dots = devicePixelRatio;
    if (!width || !height || !this.page) return;
    if (this.canvas.width !== Math.round(width * dots) || this.canvas.height !== Math.round(height * dots)) {
      this.canvas.width = Math.round(width * dots);
      this.canvas.height = Math.round(height * dots);
    }
    const { x, y, scale } = this.view;
    const full = ready(this.page, this.kind, this.asked, 0), bitmap = full ?? ready(this.page, this.kind, this.asked, kScreenWidth);
    const pen = this.canvas.getContext("2d")!;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.translate(this.canvas.width / 2, this.canvas.height / 2);
    pen.rotate((this.turns * Math.PI) / 2);
    pen.scale(scale * dots, scale * dots);
    pen.translate(-x, -y);
    pen.fillStyle = "#fff";  // the page's frame is there before its image
    pen.fillRect(0, 0, 1, this.height);
    if (bitmap) {
      pen.imageSmoothingEnabled = (scale * dots) / bitmap.width < kSmoothUpTo;
      pen.imageSmoothingQuality = "high";
      pen.drawImage(bitmap, 0, 0, 1, this.height);
    }
    this.drawnFull = full !== null;
    this.sharpen(scale * dots);
    this.drawMarks();
  }

  private sharpen(pixels: number): void {
    if (this.drawnFull || pixels <= kScreenWidth * kSharpUpTo || this.size[0] <= kScreenWidth || !ready(this.page, this.kind, this.asked, kScreenWidth)) return;
    const asked = this.wanted;
    image(this.page, this.kind, this.asked, 0).then(() => { if (asked === this.wanted && !this.drawnFull) this.draw(); }, () => {});
  }

  private drawMarks(): void {
    while (this.marks.childElementCount > this.places.length) this.marks.lastElementChild!.remove();
    this.places.forEach((place, index) => {
      let element = this.marks.children[index] as HTMLElement | undefined;
      if (!element) this.marks.append(element = document.createElement("div"));
      const [x0, y0, x1, y1] = place.box.map((pixels) => pixels / this.size[0]) as Box;
      const a = this.toScreen([x0, y0]), b = this.toScreen([x1, y1]);
      element.className = `mark ${place.tone}${index === this.active || place.lit ? " active" : ""}`;
      element.title = place.label;
      element.dataset["mark"] = String(index);
      element.style.transform = `translate(${Math.min(a[0], b[0])}px, ${Math.min(a[1], b[1])}px)`;
      element.style.width = `${Math.abs(b[0] - a[0])}px`;
      element.style.height = `${Math.abs(b[1] - a[1])}px`;
    });
  }

  private drag(right: number, down: number): void {
    const [x, y] = rotated(right / this.view.scale, down / this.view.scale, -this.turns);
    this.view.x -= x;
    this.view.y -= y;
    this.settle();
  }

  private listen(): void {
    const host = this.host;
    const place = (event: MouseEvent): [number, number] => { const box = host.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    host.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), place(event));
      this.on.moved();
    }, { passive: false });
    host.addEventListener("dblclick", (event) => { this.zoomBy(2, place(event)); this.on.moved(); });
    const held = new Map<number, [number, number]>();  // where each finger, or the mouse, is
    host.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      host.setPointerCapture(event.pointerId);
      held.set(event.pointerId, place(event));
      host.classList.add("held");
    });
    host.addEventListener("pointermove", (event) => {
      const before = held.get(event.pointerId), now = place(event);
      if (!before || (before[0] === now[0] && before[1] === now[1])) return;
      held.set(event.pointerId, now);
      this.mode = "free";
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
      if (other) this.pinch(before, now, other);
      else this.drag(now[0] - before[0], now[1] - before[1]);
      this.on.moved();
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      host.addEventListener(end, (event) => {
        held.delete(event.pointerId);
        if (held.size === 0) host.classList.remove("held");
      });
    }
  }

  // One of two fingers moved: what lies between them stays between them.
  private pinch(before: [number, number], now: [number, number], other: [number, number]): void {
    const apart = (one: [number, number]) => Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]));
    this.drag((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.zoomBy(apart(now) / apart(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  }
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

function rotated(x: number, y: number, turns: number): [number, number] {
  switch (((turns % 4) + 4) % 4) {
    case 1: return [-y, x];
    case 2: return [-x, -y];
    case 3: return [y, -x];
    default: return [x, y];
  }
}
