// The way into a chart.
import { PatientFinder } from "./patient_finder";
import { address, go } from "../route";

export const FindPatient = () => (
  <div class="find">
    <h1>Find a chart</h1>
    <PatientFinder deed="Open the chart" onChosen={(patient) => go(address(["chart", patient.mrn]))} />
  </div>
);
