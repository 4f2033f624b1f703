import { render } from "preact";
import { BatchScreen } from "./batch";
import { BatchesScreen } from "./batches";
import { ChartScreen } from "./chart";
import { FindPatient } from "./find_patient";
import { startKeys } from "./keys";
import { Empty } from "./parts";
import { useRoute } from "./route";
import { SearchScreen } from "./search";
import { Shell } from "./shell";
import "./styles.css";

function Screens() {
  const { path, query } = useRoute();
  const [first, second] = path;
  const page = query.get("page");
  if (!first) return <Shell at="Search"><SearchScreen q={query.get("q") ?? ""} page={page} /></Shell>;
  if (first === "chart") {
    return <Shell at="Chart">{second ? <ChartScreen key={second} mrn={second} page={page} /> : <FindPatient />}</Shell>;
  }
  if (first === "batches") {
    return <Shell at="Batches">{second ? <BatchScreen key={second} id={second} page={page} /> : <BatchesScreen />}</Shell>;
  }
  return <Shell at=""><Empty title="There is no such screen"><p>Go to Search with <kbd>g</kbd> <kbd>s</kbd>.</p></Empty></Shell>;
}

startKeys();
render(<Screens />, document.getElementById("app")!);
