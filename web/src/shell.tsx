// The frame around the screens, and what is always in sight: where one is, which archive, what waits, whether the server is
// there, who is logged in and for how long.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AccountMenu } from "./account/account_menu";
import { IdleWatch } from "./account/idle";
import { type Right, type StateNews, paths } from "./api";
import { useEvents } from "./events";
import { Help } from "./help";
import { useKeys } from "./keys";
import { Button, Chip, Key } from "./parts";
import { follow, go } from "./route";
import { may, useSession } from "./session";
import { count } from "./words";

export interface Screen { name: string; path: string; keys: string; rights: Right[] }  // any of the rights opens it

export const kScreens: Screen[] = [
  { name: "Scan", path: "/scan", keys: "g f", rights: ["scan"] },
  { name: "Batches", path: "/batches", keys: "g b", rights: ["batch-work", "scan", "dashboard"] },
  { name: "Review", path: "/review", keys: "g r", rights: ["review"] },
  { name: "Search", path: "/search", keys: "g s", rights: ["search"] },
  { name: "Chart", path: "/chart", keys: "g c", rights: ["view"] },
  { name: "Dashboard", path: "/dashboard", keys: "g d", rights: ["dashboard"] },
  { name: "Audit", path: "/audit", keys: "g a", rights: ["audit-read"] },
  { name: "Privacy", path: "/privacy", keys: "g p", rights: ["privacy-queue"] },
  { name: "Users", path: "/users", keys: "g u", rights: ["users"] },
  { name: "Upkeep", path: "/upkeep", keys: "g k", rights: ["config"] },
];
export const opened = () => kScreens.filter((screen) => screen.rights.some(may));

// Where a role's day begins.
const kHomes: Record<string, string> = {
  operator: "/scan", clerk: "/review", "sensitive-clerk": "/review", coder: "/search", auditor: "/search", "privacy-officer": "/privacy", manager: "/dashboard", administrator: "/users",
};
export function home(roles: string[]): string {
  const screens = opened();
  const wanted = roles.map((role) => kHomes[role]).find((path) => screens.some((screen) => screen.path === path));
  return wanted ?? screens[0]?.path ?? "/account";
}

export function Shell({ at, children }: { at: string; children: ComponentChildren }) {
  const [help, setHelp] = useState(false);
  useSession();
  const screens = opened();
  useKeys([
    ...screens.map((screen) => ({ keys: screen.keys, label: screen.name, run: () => go(screen.path), group: "Go to" })),
    { keys: "?", label: "All keys", run: () => setHelp(true), group: "Everywhere" },
  ]);
  return (
    <div class="shell">
      <a class="skip" href="#screen">To the screen</a>
      <header class="top">
        <a class="brand" href="/" aria-label="Chartscan" onClick={follow("/")}><Mark /><span>Chartscan</span></a>
        <nav aria-label="Screens">
          {screens.map((screen) => (
            <a key={screen.path} href={screen.path} aria-current={at === screen.name ? "page" : undefined} title={screen.keys} onClick={follow(screen.path)}>
              {screen.name}<Key of={screen.keys} />
            </a>
          ))}
        </nav>
        <ArchiveState />
        <AccountMenu />
        <Button k="?" onClick={() => setHelp(true)} title="All keys">Keys</Button>
      </header>
      <main id="screen" tabIndex={-1}>{children}</main>
      <IdleWatch />
      {help && <Help close={() => setHelp(false)} />}
    </div>
  );
}

export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <path class="sheet" d="M8 4h11l6 6v18H8z" /><path class="fold" d="M19 4v6h6" /><path class="beam" d="M4 18h24" />
  </svg>
);

function ArchiveState() {
  const { session } = useSession();
  const [news, setNews] = useState<StateNews | null>(null);
  const hearing = useEvents<StateNews>(paths.events, "state", setNews);
  const feeding = news?.scans.filter((scan) => scan.state === "feeding").length ?? 0;
  return (
    <div class="archive" role="status" aria-label="State of the archive">
      <span class="name" title="archive"><b>{session?.archive}</b></span>
      {hearing === "lost" && <Chip tone="stop" title="What is on the screen may be old. It goes on by itself.">No connection</Chip>}
      {feeding > 0 && <Chip tone="fine" title="Scanners that are feeding now">{feeding} feeding</Chip>}
      {news !== null && news.waiting > 0 && <Chip tone="held" title="Pages that are being read">{count(news.waiting)} being read</Chip>}
      {news !== null && news.review_left > 0 && <Chip tone="look" title="Documents that wait for a person">{count(news.review_left)} to review</Chip>}
      {news !== null && !news.ledger.balances && news.ledger.waiting === 0 && <Chip tone="stop" title="Sides fed and sides accounted for differ: see the batches">ledger</Chip>}
    </div>
  );
}
