// OpenSeadragon behind four calls: open an image, mark places on it, zoom, and close. Coordinates are in units of the
// page's width, so that marks fit whatever size the image came in.
import OpenSeadragon from "openseadragon";
import type { Box, Size } from "./api";

export type Zoom = "width" | "page" | "hit" | "free";
export type MarkTone = "hit" | "field" | "cue absent" | "cue present" | "cue unsure";
export interface Place { box: Box; label: string; tone: MarkTone }

// The library adds an inline style sheet, which our content security policy forbids, unless one so marked is there already.
// An element of a foreign namespace is found by its look-up and is no style sheet. Ours hides the outline in styles.css.
function keepInlineStyleOut(): void {
  const marker = document.createElementNS("urn:chartscan", "style");
  marker.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(marker);
}
keepInlineStyleOut();

const kHitShare = 0.5;  // of the view's width that a hit's surroundings fill when zoomed to it
const kReadingLine = 0.35;  // how far down the view a hit is placed

export class PageImage {
  private readonly viewer: OpenSeadragon.Viewer;
  private url = "";
  private size: Size = [1, 1];
  private places: Place[] = [];
  private active = -1;
  private kept: OpenSeadragon.Rect | null = null;  // the view to come back to on the next page
  private opened = false;

  constructor(element: HTMLElement, private readonly on: { opened: () => void; failed: () => void; moved: () => void }) {
    this.viewer = OpenSeadragon({
      element, drawer: "canvas", showNavigationControl: false, animationTime: 0.25, springStiffness: 9, visibilityRatio: 0.3,
      minZoomImageRatio: 0.6, maxZoomPixelRatio: 4, gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      crossOriginPolicy: false, keyboardNavEnabled: false, silenceMultiImageWarnings: true,
    } as OpenSeadragon.Options);
    this.viewer.addHandler("open", () => {
      if (this.shownUrl() !== this.url) return;  // a page asked for earlier that came late: never under another's name
      this.opened = true;
      this.draw();
      this.on.opened();
    });
    this.viewer.addHandler("open-failed", () => this.on.failed());
    for (const gesture of ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"] as const) {
      this.viewer.addHandler(gesture, () => this.on.moved());
    }
  }

  open(url: string, size: Size): void {
    if (this.opened) this.kept = this.viewer.viewport.getBounds();
    this.opened = false;
    this.url = url;
    this.size = size[0] > 0 ? size : [1, 1.3];
    this.viewer.clearOverlays();
    this.viewer.open({ type: "image", url } as unknown as OpenSeadragon.TileSourceSpecifier);
  }

  mark(places: Place[], active: number): void {
    this.places = places;
    this.active = active;
    if (this.opened) this.draw();
  }

  zoom(zoom: Zoom, how: "at once" | "gently"): void {
    if (!this.opened) return;
    const bounds = this.bounds(zoom);
    if (bounds) this.viewer.viewport.fitBounds(bounds, how === "at once");
  }

  zoomBy(factor: number): void {
    if (this.opened) this.viewer.viewport.zoomBy(factor).applyConstraints();
  }

  destroy(): void { this.viewer.destroy(); }

  private shownUrl(): string | undefined {
    return (this.viewer.world.getItemAt(0)?.source as { url?: string } | undefined)?.url;
  }

  private height(): number { return this.size[1] / this.size[0]; }

  private rectangle(box: Box): OpenSeadragon.Rect {
    const [x0, y0, x1, y1] = box.map((pixels) => pixels / this.size[0]) as Box;
    return new OpenSeadragon.Rect(x0, y0, x1 - x0, y1 - y0);
  }

  private bounds(zoom: Zoom): OpenSeadragon.Rect | null {
    const container = this.viewer.viewport.getContainerSize();
    const aspect = container.y / container.x;
    const place = this.places[this.active];
    const hit = place ? this.rectangle(place.box) : null;
    const margin = 0.02;
    if (zoom === "free") return this.kept;
    if (zoom === "page") return new OpenSeadragon.Rect(-margin, -margin, 1 + 2 * margin, this.height() + 2 * margin);
    if (zoom === "hit" && hit) {
      const width = Math.min(1, Math.max(hit.width * 1.5, kHitShare));
      const left = Math.min(Math.max(hit.x + hit.width / 2 - width / 2, -margin), 1 + margin - width);
      return new OpenSeadragon.Rect(left, hit.y + hit.height / 2 - width * aspect * 0.5, width, width * aspect);
    }
    const width = 1 + 2 * margin;
    const view = width * aspect;
    const wanted = hit ? hit.y - view * kReadingLine : -margin;
    const lowest = Math.max(-margin, this.height() + margin - view);
    return new OpenSeadragon.Rect(-margin, Math.min(Math.max(wanted, -margin), lowest), width, view);
  }

  private draw(): void {
    this.viewer.clearOverlays();
    this.places.forEach((place, index) => {
      const element = document.createElement("div");
      element.className = `mark ${place.tone}${index === this.active ? " active" : ""}`;
      element.title = place.label;
      element.dataset["mark"] = String(index);
      this.viewer.addOverlay({ element, location: this.rectangle(place.box) });
    });
  }
}
