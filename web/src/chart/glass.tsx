// Breaking the glass: a chart, or what is sealed in it, opened for a while in need. The privacy officer reads every one.
import { type Glass, type Grant, paths, post, useApi, useDoing } from "../api";
import { AskWhy } from "../dialog";
import { Chip } from "../parts";
import { clockTime } from "../words";

const kShortestReason = 10;  // letters: a word is no reason
const kNeeds = ["Emergency: the patient is being treated now", "The patient asked me to", "On call for the treating physician"];

export function BreakGlass({ mrn, close, done }: { mrn: string; close: () => void; done: () => void }) {
  const doing = useDoing();
  const give = async (why: string) => { if (await doing.run(() => post<Glass>(paths.glass, { mrn, why }))) done(); };
  return (
    <AskWhy title="Break the glass" shortest={kShortestReason} deed="Open it" close={close} busy={doing.busy} problem={doing.problem} suggestions={kNeeds} onGiven={(why) => void give(why)}
      says={<>This opens what is closed to you in chart <b class="mrn">{mrn}</b> for a limited time. The privacy officer is told at once, with your name and your reason, and asks about every one.</>} />
  );
}

export function GlassChip({ mrn }: { mrn: string }) {
  const mine = useApi<{ items: Grant[] }>(paths.glass, true, 60_000);
  const open = mine.data?.items.find((one) => one.mrn === mrn && one.until * 1000 > Date.now());
  return open ? <Chip tone="stop" title={open.class ?? "all that is closed to you"}>Glass broken until {clockTime(open.until).slice(11)}</Chip> : null;
}
