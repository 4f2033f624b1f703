// Taking pages out of the archive: printed or saved as PDF, always with a reason.
import { useState } from "preact/hooks";
import { ask, paths, save, useDoing } from "../api";
import { AskWhy, Choice } from "../dialog";
import { print } from "../print";

export interface Exportable { page?: string | null; document?: string | null; mrn?: string | null; order?: string }  // order: of the whole chart
export type Purpose = "print" | "export";
const kReasons = ["Treatment", "Request of the patient", "Court order", "Audit", "Continuation of care elsewhere"];

export function ExportDialog({ of, purpose, close }: { of: Exportable; purpose: Purpose; close: () => void }) {
  const scopes: [string, string][] = [
    ...(of.document ? [["document", "This document"] as [string, string]] : []), ...(of.document && of.page ? [["page", "This page alone"] as [string, string]] : []),
    ...(of.mrn ? [["chart", of.order ? "The whole chart, in this order" : "The whole chart"] as [string, string]] : []),
  ];
  const [scope, setScope] = useState(scopes[0]?.[0] ?? "");
  const doing = useDoing();
  const give = async (why: string) => {
    const what = scope === "document" ? { documents: [of.document] } : scope === "page" ? { pages: [of.page] } : { mrn: of.mrn, order: of.order ?? "" };
    const name = `chartscan-${scope === "document" ? of.document : scope === "page" ? of.page : "chart"}.pdf`;
    const make = async () => (await ask("POST", paths.exports, { body: { ...what, purpose, why } })).blob();
    if (await doing.run(async () => (purpose === "print" ? print(await make(), name) : save(await make(), name)))) close();
  };
  return (
    <AskWhy title={purpose === "print" ? "Print" : "Export as PDF"} deed={purpose === "print" ? "Print" : "Export"} suggestions={kReasons} close={close} busy={doing.busy} problem={doing.problem}
      says={purpose === "print" ? "Every page in its own size. What is on paper is no longer protected by Chartscan." : "What is saved is no longer protected by Chartscan."} onGiven={(why) => void give(why)}>
      <Choice label="What" value={scope} of={scopes} onChange={setScope} />
    </AskWhy>
  );
}
