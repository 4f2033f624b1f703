// The manager's view: today, what waits and how old it is, how fast, how sure. Every number leads to its list, if one may see it.
import type { ComponentChildren } from "preact";
import { type Dashboard, paths, useApi } from "../api";
import { useKeys } from "../keys";
import { Chip, Skeleton, Trouble } from "../parts";
import { Columns } from "../plots";
import { type Kept, follow, go } from "../route";
import { opened } from "../shell";
import { ago, count, queueWords } from "../words";

const kRefreshMs = 15_000;
const kDays = 30, kDaySeconds = 86_400;

export function DashboardScreen() {
  const board = useApi<Dashboard>(paths.dashboard, true, kRefreshMs);
  useKeys([{ keys: "r", label: "Look again now", run: board.reload, group: "Dashboard" }]);
  if (!board.data) return board.problem ? <div class="alone"><Trouble problem={board.problem} retry={board.retry} /></div> : <div class="sheet"><Skeleton rows={6} /></div>;
  const { today, backlog, review, links, unreadable, minutes, operators, devices } = board.data;
  const days = everyDay(board.data.days);
  const rate = minutes.slice(-5).reduce((sum, one) => sum + one.pages, 0) / Math.max(1, Math.min(5, minutes.length));
  const minuteLabel = (at: number) => new Date(at * 1000).toLocaleTimeString("sv-SE").slice(0, 5);
  return (
    <div class="sheet dashboard">
      <header class="sheet-head"><h1>Dashboard</h1>{board.problem && <Chip tone="stop">Not fresh: {board.problem.title}</Chip>}</header>
      <div class="tiles">
        <Tile name="Pages today" value={count(today.pages)} to="/batches"><span>{count(today.batches)} batches, {count(today.filed)} filed, {count(today.review)} to review</span></Tile>
        <Tile name="Wait to be read" value={count(backlog.waiting)} to="/batches" tone={backlog.waiting ? "held" : ""}><span>{backlog.oldest_at ? `oldest ${ago(backlog.oldest_at)}` : "nothing waits"}</span></Tile>
        <Tile name="Wait for a person" value={count(review.waiting)} to="/review" tone={review.waiting ? "look" : ""}><span>{review.oldest_at ? `oldest ${ago(review.oldest_at)}` : "nothing waits"}</span></Tile>
        <Tile name="Pages a minute" value={rate.toFixed(rate < 10 ? 1 : 0)}><span>mean of the last five</span></Tile>
        <Tile name="Linked by itself" value={`${(100 * links.auto_share).toFixed(1)} %`} tone={links.suspended ? "stop" : ""}>
          {links.suspended ? <Chip tone="stop">switched off</Chip> : <span>{count(links.auto)} alone, {count(links.person)} by people</span>}
        </Tile>
        <Tile name="Wrong links, at most" value={links.audited ? `${(100 * links.bound).toFixed(2)} %` : "–"}><span>{count(links.wrong)} wrong of {count(links.audited)} looked at, 95 % bound</span></Tile>
        <Tile name="Cannot be found" value={count(unreadable)} to="/search" kept={{ q: "is:unfound" }} tone={unreadable ? "look" : ""}><span>unread, rejected or without text</span></Tile>
      </div>
      <div class="plots">
        <section><h2>Pages of the last 30 days</h2>
          <Columns title="Pages of the last 30 days" unit="pages" labels={days.map((day) => new Date(day.day * 1000).toISOString().slice(0, 10))} series={[
            { name: "linked by itself", tone: "one", values: days.map((day) => day.auto) }, { name: "to review", tone: "two", values: days.map((day) => day.review) },
            { name: "other", tone: "three", values: days.map((day) => Math.max(0, day.pages - day.auto - day.review)) }]} /></section>
        <section><h2>Pages a minute, the last hour</h2>
          <Columns title="Pages a minute, the last hour" unit="pages" labels={minutes.map((one) => minuteLabel(one.at))} series={[{ name: "pages", tone: "one", values: minutes.map((one) => one.pages) }]} /></section>
        <section><h2>Waiting for a person, by reason</h2><Bars to={(code) => `/review?queue=${encodeURIComponent(code)}`} rows={Object.entries(review.by_queue)} name={queueWords} /></section>
      </div>
      <div class="plots">
        <section><h2>Operators today</h2>
          <table class="table"><thead><tr><th>Name</th><th class="number">Batches</th><th class="number">Pages</th><th class="number">With findings</th></tr></thead>
            <tbody>{operators.map((one) => <tr key={one.name}><td>{one.name || "–"}</td><td class="number">{count(one.batches)}</td><td class="number">{count(one.pages)}</td><td class="number">{count(one.findings)}</td></tr>)}</tbody></table></section>
        <section><h2>Scanners today</h2>
          <table class="table"><thead><tr><th>Scanner</th><th class="number">Pages</th><th class="number">Stops</th></tr></thead>
            <tbody>{devices.map((one) => <tr key={one.name}><td>{one.name || "–"}</td><td class="number">{count(one.pages)}</td><td class="number">{count(one.stops)}</td></tr>)}</tbody></table></section>
      </div>
    </div>
  );
}

// The last 30 days, those without pages as well.
function everyDay(days: Dashboard["days"]): Dashboard["days"] {
  const today = Math.floor(Date.now() / 1000 / kDaySeconds) * kDaySeconds;
  return Array.from({ length: kDays }, (_, at) => {
    const day = today - (kDays - 1 - at) * kDaySeconds;
    return days.find((one) => Math.floor(one.day / kDaySeconds) * kDaySeconds === day) ?? { day, pages: 0, auto: 0, review: 0 };
  });
}

const reachable = (path: string) => opened().some((screen) => screen.path === path.split("?")[0]);

function Tile({ name, value, to, kept, tone = "", children }: { name: string; value: string; to?: string; kept?: Kept; tone?: string; children: ComponentChildren }) {
  const inside = <><span class="tile-name">{name}</span><b class={`figures ${tone}`}>{value}</b><small>{children}</small></>;
  return to && reachable(to) ? <a class="tile-card" href={to} onClick={follow(to, kept)}>{inside}</a> : <div class="tile-card">{inside}</div>;
}

function Bars({ rows, name, to }: { rows: [code: string, value: number][]; name: (code: string) => string; to: (code: string) => string }) {
  const most = Math.max(1, ...rows.map(([, value]) => value));
  if (rows.length === 0) return <p class="because">Nothing waits.</p>;
  return (
    <ul class="bars">
      {rows.map(([code, value]) => {
        const inside = <><span>{name(code)}</span><b class="figures">{count(value)}</b><i style={{ width: `${(100 * value) / most}%` }} /></>;
        return <li key={code}>{reachable(to(code)) ? <a href={to(code)} onClick={(event) => { event.preventDefault(); go(to(code)); }}>{inside}</a> : <span class="bar">{inside}</span>}</li>;
      })}
    </ul>
  );
}
