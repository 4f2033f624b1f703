// Hands a PDF to the printer's dialogue: exactly the file that the server made and wrote down, every page in its own size. It is
// laid in a frame nobody sees; a browser that does not let a page print its PDFs opens it beside us instead.
import { save } from "./api";

let frame: HTMLIFrameElement | null = null;

export function print(pdf: Blob, name: string): Promise<void> {
  forgetPrint();
  const url = URL.createObjectURL(pdf);
  const mine = (frame = document.createElement("iframe"));
  mine.className = "print-frame";
  mine.title = "What is printed";
  mine.tabIndex = -1;
  mine.setAttribute("aria-hidden", "true");
  return new Promise((resolve) => {
    mine.onload = () => {
      try {
        mine.contentWindow!.print();
      } catch {
        openBeside(pdf, name);
      }
      resolve();
    };
    mine.src = url;
    document.body.append(mine);
  });
}

// The last one stays while its dialogue may be open; no page outlives its reader's session.
export function forgetPrint(): void {
  if (!frame) return;
  URL.revokeObjectURL(frame.src);
  frame.remove();
  frame = null;
}

function openBeside(pdf: Blob, name: string): void {
  const url = URL.createObjectURL(pdf);
  if (!open(url, "_blank")) save(pdf, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
