// The door or the shell, and inside the shell the screen that the address names.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Login, MustChange, Offline, Setup } from "./account/login";
import { AuditScreen } from "./audit/audit";
import { BatchScreen } from "./batches/batch";
import { BatchesScreen } from "./batches/batches";
import { ChartScreen } from "./chart/chart";
import { FindPatient } from "./chart/find_patient";
import { DashboardScreen } from "./dashboard/dashboard";
import { forgetImages } from "./image/image_store";
import { startKeys } from "./keys";
import { Empty } from "./parts";
import { forgetPrint } from "./print";
import { PrivacyScreen } from "./audit/privacy";
import { ReviewScreen } from "./review/review";
import { go, useRoute } from "./route";
import { ScanScreen } from "./scan/scan";
import { SearchScreen } from "./search/search";
import { Shell, home, opened } from "./shell";
import { startSession, useSession } from "./session";
import { UpkeepScreen } from "./upkeep/upkeep";
import { UsersScreen } from "./users/users";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/search.css";
import "./styles/image.css";
import "./styles/chart.css";
import "./styles/batches.css";
import "./styles/scan.css";
import "./styles/review.css";
import "./styles/tables.css";
import "./styles/shell.css";

function Screens() {
  const { path, query, kept } = useRoute();
  const { session } = useSession();
  const [first = "", second] = path;
  const page = query.get("page");
  useEffect(() => { if (!first && session?.user) go(home(session.user.roles), "replace"); }, [first, session?.user]);
  const screen = opened().find((one) => one.path === `/${first}`);
  if (!first) return <Shell at=""><span /></Shell>;
  if (!screen) return <Shell at=""><h1 class="unseen">Chartscan</h1><NoScreen known={kAll.has(first)} /></Shell>;
  const body = () => {
    switch (first) {
      case "scan": return <ScanScreen key={second ?? ""} id={second ?? null} />;
      case "batches": return second ? <BatchScreen key={second} id={second} page={page} /> : <BatchesScreen />;
      case "review": return <ReviewScreen document={second ?? null} queue={query.get("queue") ?? ""} />;
      case "search": return <SearchScreen q={kept["q"] ?? ""} page={page} />;
      case "chart": return second ? <ChartScreen key={second} mrn={second} page={page} order={query.get("order") ?? ""} /> : <FindPatient />;
      case "dashboard": return <DashboardScreen />;
      case "audit": return <AuditScreen filter={kept} />;
      case "privacy": return <PrivacyScreen />;
      case "upkeep": return <UpkeepScreen />;
      default: return <UsersScreen />;
    }
  };
  return <Shell at={screen.name}>{body()}</Shell>;
}

const kAll = new Set(["scan", "batches", "review", "search", "chart", "dashboard", "audit", "privacy", "users", "upkeep"]);

const NoScreen = ({ known }: { known: boolean }) => known ? (
  <Empty title="This screen is not open to you"><p>Your roles do not hold the right for it. Whoever keeps the users can grant one that does. <kbd>?</kbd> lists where you can go.</p></Empty>
) : (
  <Empty title="There is no such screen"><p><kbd>?</kbd> lists where you can go.</p></Empty>
);

function App() {
  const { standing, session, ended } = useSession();
  useEffect(() => { if (standing !== "in") { forgetImages(); forgetPrint(); } }, [standing]);  // no page outlives its reader's session
  if (standing === "asking") return <p class="waiting" role="status">Chartscan</p>;
  if (standing === "offline") return <Offline />;
  if (standing === "setup") return <Setup />;
  if (standing === "out" || !session?.user) return <Login archive={session?.archive ?? ""} ended={ended} />;
  if (session.user.must_change_password) return <MustChange />;
  return <Screens key={session.user.name} />;
}

startKeys();
startSession();
render(<App />, document.getElementById("app")!);
