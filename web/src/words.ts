// Codes of the API in the words of the trade.
export type Tone = "fine" | "look" | "stop" | "held" | "quiet";

const findings: Record<string, [label: string, tone: Tone]> = {
  "undecodable": ["Cannot be read", "stop"],
  "decoder-warning": ["File may be damaged", "look"],
  "orientation-unsure": ["Which way up?", "look"],
  "skew-unsure": ["Skew unsure", "quiet"],
  "skewed": ["Was skewed", "quiet"],
  "too-light": ["Too light", "look"],
  "too-dark": ["Too dark", "look"],
  "noisy": ["Noisy", "quiet"],
  "low-resolution": ["Low resolution", "look"],
  "low-contrast": ["Low contrast", "look"],
  "blurred": ["Blurred", "look"],
  "cut-off": ["Cut off at the edge", "look"],
  "streak": ["Streak: clean the glass", "look"],
  "streak-drift": ["Dirty glass", "stop"],
  "light-drift": ["Ever lighter or darker", "look"],
  "skew-drift": ["Ever more tilted", "look"],
  "low-text-confidence": ["Hard to read", "look"],
  "no-text": ["No text found", "look"],
  "type-unsure": ["Type unsure", "look"],
  "patient-unknown": ["Patient not in index", "look"],
  "patient-not-found": ["No patient on page", "look"],
  "patient-near-tie": ["Two patients fit", "look"],
  "patient-one-identifier": ["Only one identifier", "look"],
  "patient-contradiction": ["Identifiers disagree", "stop"],
  "foreign-page": ["Another patient's page", "stop"],
  "unidentified-page": ["Page names nobody", "stop"],
  "unsigned": ["Not signed", "look"],
  "signature-unsure": ["Signed?", "look"],
  "duplicate-feed": ["Fed twice", "quiet"],
  "duplicate-document": ["Scanned before", "quiet"],
  "separator-missed": ["Separator missed?", "look"],
  "boundary-unsure": ["Where does it begin?", "look"],
  "linking-switched-off": ["Automatic linking is off", "look"],
  "count-mismatch": ["Count differs", "stop"],
  "ocr-timeout": ["Reading timed out", "stop"],
  "ocr-failed": ["Reading failed", "stop"],
  "read-instead": ["Read by Tesseract", "quiet"],
  "page-too-heavy": ["Too heavy to read", "stop"],
  "reader-crashed": ["Reader crashed", "stop"],
};

// What a person's decision has answered is no finding of a document any more; that another patient may be named on it stays one.
const answered = ["linking-switched-off", "patient-unknown", "patient-not-found", "patient-near-tie", "patient-one-identifier", "type-unsure"];
export const standingFindings = <T extends { code: string }>(findings: T[], decided: boolean): T[] => (decided ? findings.filter((one) => !answered.includes(one.code)) : findings);

const pageStates: Record<string, [label: string, tone: Tone]> = {
  "received": ["Received", "held"],
  "processed": ["Read", "held"],
  "filed": ["Filed", "fine"],
  "review": ["In review", "look"],
  "separator": ["Separator", "quiet"],
  "blank": ["Blank", "quiet"],
  "superseded": ["Superseded", "quiet"],
  "rejected": ["Rejected", "stop"],
};

const linkStates: Record<string, [label: string, tone: Tone]> = {
  "auto": ["Linked", "fine"],
  "person": ["Linked by a person", "fine"],
  "review": ["Patient in review", "look"],
  "none": ["No patient", "held"],
};

const batchStates: Record<string, [label: string, tone: Tone]> = {
  "open": ["Open", "held"],
  "stopped": ["Stopped", "stop"],
  "fed": ["Being read", "held"],
  "closed": ["Closed", "fine"],
  "released": ["Released", "fine"],
};

const fields: Record<string, string> = {
  "mrn": "MRN", "account": "Account", "patient-name": "Patient", "birth-date": "Date of birth", "sex": "Sex", "ssn-last4": "SSN, last 4",
  "phone": "Phone", "address": "Address", "admit-date": "Admitted", "discharge-date": "Discharged", "service-date": "Date of service", "signature-date": "Date signed", "author": "Author", "facility": "Facility",
  "page-number": "Page number", "title": "Title", "dob": "Date of birth", "name": "Name", "ssn": "SSN",
};

// What a form asks for, by kind and how it was answered.
const cues: Record<string, { name: string; absent: string; present: string; unsure: string }> = {
  "check-box": { name: "Check box", absent: "empty", present: "filled", unsure: "unsure" },
  "signature": { name: "Signature", absent: "no ink", present: "signed", unsure: "signed?" },
  "electronic-signature": { name: "Electronic signature", absent: "none", present: "in print", unsure: "unsure" },
  "date": { name: "Date", absent: "no date", present: "dated", unsure: "dated?" },
  "stamp": { name: "Stamp", absent: "none", present: "stamped", unsure: "stamp?" },
  "handwriting": { name: "Handwriting", absent: "none", present: "by hand", unsure: "by hand?" },
};

const queues: Record<string, string> = {
  "foreign-page": "Another patient's page", "patient": "Patient unsure", "type": "Type unsure", "other": "Other", "held": "Held",
};

// Why a feeder stopped, short enough to be read from a step away, and what to do at the scanner first.
const stops: Record<string, [what: string, first: string]> = {
  "jam": ["Paper is jammed", "Open the feeder and take the paper out."],
  "double-feed": ["Two sheets were taken at once", "Fan the sheets and look for staples."],
  "cover-open": ["A cover is open", "Close it."],
  "busy": ["The scanner is busy", "Wait until it is free."],
  "offline": ["The scanner does not answer", "Switch it on and check its cable."],
  "device-i/o": ["The connection to the scanner failed", "Check its cable or network."],
  "short-page": ["The lower part of a side is missing", ""],
  "empty-page": ["A sheet passed without an image", ""],
  "hung": ["The scanner stopped answering", "Switch it off and on if it happens again."],
  "crashed": ["The scanner's driver crashed", "Switch the scanner off and on if it happens again."],
  "still-loaded": ["There is still paper in the feeder", ""],
  "cancelled": ["You stopped it", ""],
  "count": ["The count disagrees", ""],
};

// Codes come with "-" or "_"; an unknown one is shown as it is rather than hidden.
const plain = (code: string) => code.replace(/[-_]/g, " ").replace(/^./, (first) => first.toUpperCase());
const key = (code: string) => code.replace(/_/g, "-");
const look = (table: Record<string, [string, Tone]>, code: string): [string, Tone] => table[key(code)] ?? [plain(code), "look"];

export const findingWords = (code: string) => look(findings, code);
export const pageStateWords = (code: string) => look(pageStates, code);
export const linkWords = (code: string) => look(linkStates, code);
export const batchStateWords = (code: string) => look(batchStates, code);
export const fieldWords = (code: string) => fields[key(code)] ?? plain(code);

export const cueWords = (kind: string, state: "absent" | "present" | "unsure") =>
  cues[kind] ? { name: cues[kind].name, state: cues[kind][state] } : { name: plain(kind), state };

export const count = (n: number) => n.toLocaleString("en-US");
export const plural = (n: number, one: string, many = one + "s") => `${count(n)} ${n === 1 ? one : many}`;
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const megabytes = (bytes: number) => `${count(bytes < 10e6 ? Math.round(bytes / 1e5) / 10 : Math.round(bytes / 1e6))} MB`;
export const moment = (seconds: number | null) =>
  seconds ? new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC" : "–";

// The command line's part of an advice is not for whoever stands at the screen: it has keys for the same.
export const forScreens = (advice: string) =>
  advice.replace(/[;,]?(?: or| and then| then| and)?(?: run| see| with| name it with| name the patient with)? `(?:chartscan|review) [^`]*`(?: (?:lists|names|shows|does|prints|adds) [^;.]*)?/g, "").replace(/ \(page P\d+\)/g, "");

export function stopWords(reason: string, message: string, advice: string): { what: string; first: string; then: string } {
  const [what, first] = stops[reason.replace(/[ _]/g, "-")] ?? [message.replace(/ \(.*$/, "").replace(/^./, (c) => c.toUpperCase()), ""];
  if (reason === "count") {
    return { what, first, then: "Look for sheets that stuck together, stayed behind or were fed twice. Put what is missing in the feeder and go on; if the paper was counted wrong, close this and correct the count with c." };
  }
  return { what, first, then: forScreens(advice.replace(/ If there is no such sheet:.*$/, " If there is no such sheet, close this and correct the count with c.")) };
}

export const queueWords = (code: string) => queues[key(code)] ?? plain(code);
// Here and now: the clock on the wall of whoever looks. Seconds since 1970, or UTC as text.
export const clockTime = (time: number | string | null) => (time ? new Date(typeof time === "number" ? time * 1000 : time).toLocaleString("sv-SE").slice(0, 16) : "–");

// "2 h", "3 days": how long ago something was.
export function ago(seconds: number): string {
  const minutes = Math.max(0, Math.round((Date.now() / 1000 - seconds) / 60));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

export const outcomeTone = (outcome: string): Tone => (/refus|denied|fail|locked/.test(outcome) ? "stop" : /glass/.test(outcome) ? "look" : "quiet");
