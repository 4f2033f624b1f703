// Page images, fetched and decoded ahead of being wanted. Keeps the few used last and gives the memory of the others back at
// once, so that a thousand pages in a row cost what ten do.
import { type ImageKind, type Size, ask, paths } from "../api";

// Enough for the page at full height on an ordinary screen; the full resolution is fetched when somebody zooms in.
export const kScreenWidth = 1400;
const kKept = 7;  // decoded images: about 10 MB each at kScreenWidth

interface Kept { bitmap: ImageBitmap | null; coming: Promise<ImageBitmap>; abort: AbortController }
const kept = new Map<string, Kept>();  // in the order of their last use; by address and size: a page that was turned or read meanwhile keeps its address
const key = (url: string, size: Size) => `${url} ${size.join("x")}`;

function forget(url: string): void {
  const one = kept.get(url);
  if (!one) return;
  kept.delete(url);
  if (one.bitmap) one.bitmap.close();
  else one.abort.abort();
}

// For a look at it now (`background` false) or soon. The bitmap belongs to the store: draw it, never keep it.
export function image(page: string, kind: ImageKind, size: Size, width: number, background = false): Promise<ImageBitmap> {
  const address = paths.image(page, kind, width), url = key(address, size);
  const found = kept.get(url);
  if (found) {
    kept.delete(url);
    kept.set(url, found);
    return found.coming;
  }
  const abort = new AbortController();
  const one: Kept = {
    bitmap: null, abort,
    coming: ask("GET", address, { signal: abort.signal, background })
      .then((response) => response.blob())
      .then((blob) => createImageBitmap(blob))
      .then((bitmap) => {
        if (kept.get(url) !== one) { bitmap.close(); throw new Error("no longer wanted"); }
        return (one.bitmap = bitmap);
      }),
  };
  one.coming.catch(() => { if (kept.get(url) === one) kept.delete(url); });
  kept.set(url, one);
  for (const oldest of kept.keys()) {
    if (kept.size <= kKept) break;
    forget(oldest);
  }
  return one.coming;
}

// There at once or not at all.
export const ready = (page: string, kind: ImageKind, size: Size, width: number): ImageBitmap | null => kept.get(key(paths.image(page, kind, width), size))?.bitmap ?? null;

export function preload(page: { id: string; upright_size: Size } | undefined): void {
  if (page) image(page.id, "upright", page.upright_size, kScreenWidth, true).catch(() => {});
}

export function forgetImages(): void { for (const url of [...kept.keys()]) forget(url); }
