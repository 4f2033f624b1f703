// The sides as they come, newest right. Only those near the one looked at are drawn, however long the batch is.
import { useEffect, useRef } from "preact/hooks";
import type { Thumbnail } from "../api";
import { Findings, Icon, Thumb } from "../parts";
import { pageStateWords } from "../words";
import { looks } from "./counters";

const kAround = 24;  // tiles drawn on each side of the one looked at

export function Film({ pages, at, choose }: { pages: Thumbnail[]; at: number; choose: (index: number) => void }) {
  const chosen = useRef<HTMLButtonElement>(null);
  useEffect(() => { chosen.current?.scrollIntoView({ block: "nearest", inline: "nearest" }); }, [at, pages.length]);
  const from = Math.max(0, at - kAround), to = Math.min(pages.length, at + kAround + 1);
  return (
    <div class="film" role="group" aria-label="Sides of the batch">
      {from > 0 && <span class="beyond figures">{from} before</span>}
      {pages.slice(from, to).map((page, index) => {
        const [label, tone] = pageStateWords(page.state);
        const here = from + index === at;
        return (
          <button type="button" key={page.id} ref={here ? chosen : undefined} class={`side-tile ${page.state}`} aria-pressed={here} tabIndex={here ? 0 : -1} onClick={() => choose(from + index)}
            aria-label={`Side ${page.sequence}, ${place(page)}, ${label}${looks(page).length ? ", with findings" : ""}`}>
            <Thumb page={page.id} size={page.upright_size} width={72} version={`${page.state} ${page.upright_size.join()}`} />
            <span class="below"><b class="figures">{page.sequence}</b><span class={`state-word ${tone}`}><Icon tone={tone} />{page.blank ? "Blank" : page.separator ? "Separator" : label}</span></span>
            <Findings of={looks(page)} short />
          </button>
        );
      })}
      {to < pages.length && <span class="beyond figures">{pages.length - to} after</span>}
    </div>
  );
}

export const place = (page: Thumbnail) => (page.capture ? `sheet ${page.capture.sheet} ${page.capture.side}` : `side ${page.sequence}`);
