"""scripts/bench adt: a hospital's patient feed from senders that others wrote: ADT messages over MLLP from python3-hl7's client and its
mllp_send, and from npm's simple-hl7 where npm can fetch it. Registrations, changes, visits, discharges, cancellations and merges
(A01 A03 A04 A08 A11 A13 A28 A31 A40), with malformed and contradicting messages among them.

Shown: whether every acknowledgement is the right one and names its message, the time from sending to the acknowledgement, whether the
patient index then equals what an independent model of the messages says, and, after every merge was undone, equals it again.
"""
import argparse
import csv
import io
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import common

FIELDS = ["family", "given", "middle", "dob", "sex", "phone", "address", "city", "state", "zip"]
FAMILIES = "Abbot Baker Carver Dalton Ellery Fenwick Garrow Harlan Ingram Jessop Kerrow Larch Merrit Norwood Orton Pelham Quill Rowan".split()
GIVEN = "Ada Ben Cora Dov Esme Finn Gail Hugo Iris Joel Kay Leo Mina Ned Opal Pia Quin Rex Sue Tom".split()


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench adt", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


class Hospital:
    """Draws messages, and knows what they mean: the model that the archive is held against."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.patients = {}   # mrn -> fields, of charts that stand
        self.visits = {}     # visit -> mrn
        self.merged = []     # (from, into, fields of from)
        self.count = 0

    def header(self, event, kind="ADT", version=None, control=None):
        self.count += 1
        control = f"C{self.count:06}" if control is None else control
        version = version or self.chance.choice(["2.3", "2.4", "2.5.1", "2.7"])
        return f"MSH|^~\\&|REG|GENERAL|CHARTSCAN|RECORDS|20261122||{kind}^{event}|{control}|P|{version}", control

    def pid(self, mrn, p):
        name = "^".join([p["family"], p["given"], p["middle"]])
        address = f"{p['address']}^^{p['city']}^{p['state']}^{p['zip']}"
        return f"PID|1||{mrn}^^^GENERAL^MR||{name}||{p['dob'].replace('-', '')}|{p['sex']}|||{address}||{p['phone']}"

    def person(self):
        c = self.chance
        return {"family": c.choice(FAMILIES), "given": c.choice(GIVEN), "middle": c.choice(["", "A", "M"]),
                "dob": f"{c.randint(1930, 2020)}-{c.randint(1, 12):02}-{c.randint(1, 28):02}", "sex": c.choice("MF"),
                "phone": f"555-{c.randint(1000, 9999)}", "address": f"{c.randint(1, 99)} Elm St", "city": c.choice(["Boston", "Salem"]),
                "state": "MA", "zip": f"0{c.randint(1000, 2999)}", "maiden": ""}

    def draw(self):
        """(message, control id, acknowledgement expected)"""
        c = self.chance
        roll = c.random()
        if not self.patients or roll < 0.35:
            mrn, person = f"{100000 + self.count}", self.person()
            self.patients[mrn] = person
            head, control = self.header(c.choice(["A28", "A04", "A01"]))
            return "\r".join([head, self.pid(mrn, person)]) + "\r", control, "AA"
        mrn = c.choice(list(self.patients))
        person = self.patients[mrn]
        if roll < 0.6:
            changes = dict(person)
            changes[c.choice(["phone", "address", "city", "zip"])] = f"{c.randint(1, 99999)}"
            if c.random() < 0.1:
                changes["family"] = c.choice([name for name in FAMILIES if name != person["family"]])
                changes["maiden"] = person["family"]
            self.patients[mrn] = changes
            head, control = self.header(c.choice(["A08", "A31"]))
            return "\r".join([head, self.pid(mrn, changes)]) + "\r", control, "AA"
        if roll < 0.8:
            visit = f"V{self.count}"
            self.visits[visit] = mrn
            head, control = self.header(c.choice(["A01", "A03", "A11", "A13"]))
            pv1 = "PV1|1|I|WARD^1^A||||12^Smith^Jo|||||||||||" + "|" + visit
            return "\r".join([head, self.pid(mrn, person), pv1]) + "\r", control, "AA"
        if roll < 0.88 and len(self.patients) > 10:
            into = c.choice([other for other in self.patients if other != mrn])
            self.merged.append((mrn, into, self.patients.pop(mrn)))
            head, control = self.header("A40")
            return "\r".join([head, self.pid(into, self.patients[into]), f"MRG|{mrn}^^^GENERAL^MR"]) + "\r", control, "AA"
        return self.wrong(mrn, person)

    def wrong(self, mrn, person):
        c = self.chance
        kind = c.randrange(8)
        if kind == 0:
            head, control = self.header("R01", kind="ORU")
            return head + "\r" + self.pid(mrn, person) + "\r", control, "AR"
        if kind == 1:
            head, control = self.header("A99")
            return head + "\r" + self.pid(mrn, person) + "\r", control, "AR"
        if kind == 2:
            head, control = self.header("A08", version="3.1")
            return head + "\r" + self.pid(mrn, person) + "\r", control, "AR"
        if kind == 3:
            head, control = self.header("A08")
            return head + "\r", control, "AE"  # nobody
        if kind == 4:
            head, control = self.header("A31")
            return head + "\r" + self.pid(mrn, {**person, "dob": "1961-02-31"}) + "\r", control, "AE"
        if kind == 5:
            other = {**self.person(), "family": "Xanthos", "given": "Zeno", "dob": "1901-01-01"}
            head, control = self.header("A28")
            return head + "\r" + self.pid(mrn, other) + "\r", control, "AE"  # another person's number
        if kind == 6:
            head, control = self.header("A40")
            return head + "\r" + self.pid(mrn, person) + "\r", control, "AE"  # merges what?
        head, control = self.header("A08")
        return head + "\r" + "rubbish without a name\r", control, "AR"


def answer_of(ack):
    """(code, control id) of an acknowledgement."""
    msa = next((line for line in ack.replace("\n", "\r").split("\r") if line.startswith("MSA|")), "MSA||")
    fields = msa.split("|")
    return fields[1], fields[2]


def by_client(port, batch):
    """python3-hl7's MLLPClient: (milliseconds of each, wrong answers)."""
    from hl7.client import MLLPClient
    times, wrong = [], []
    with MLLPClient("127.0.0.1", port) as client:
        for message, control, expected in batch:
            began = time.perf_counter()
            ack = client.send_message(message.encode()).decode()
            times.append(1000 * (time.perf_counter() - began))
            if answer_of(ack.strip("\x0b\x1c\r")) != (expected, control):
                wrong.append((control, expected, answer_of(ack)))
    return times, wrong


def by_mllp_send(port, batch):
    """The command-line sender of the same package, frames in a file."""
    with tempfile.NamedTemporaryFile("wb", suffix=".mllp") as file:
        for message, _, _ in batch:
            file.write(b"\x0b" + message.encode() + b"\x1c\r")
        file.flush()
        sent = subprocess.run(["mllp_send", "-p", str(port), "-f", file.name, "127.0.0.1"], capture_output=True, timeout=600, check=True)
    answers = [answer_of(text) for text in re.split(r"(?:^|[\r\n\x0b])MSH\|", sent.stdout.decode())[1:]]
    return [(control, expected, answer) for (_, control, expected), answer in zip(batch, answers) if answer != (expected, control)] + \
           [("answers missing", len(batch), len(answers))] * (len(answers) != len(batch))


NODE = """
const hl7 = require('simple-hl7'), fs = require('fs');
const batch = JSON.parse(fs.readFileSync(process.argv[2])), parser = new hl7.Parser();
const client = new hl7.Server.createTcpClient({host: '127.0.0.1', port: +process.argv[3], keepalive: true, callback: onAnswer});
let at = 0, answers = [];
function next() { client.send(parser.parse(batch[at])); }
function onAnswer(error, ack) {
  if (error) { console.error(String(error)); process.exit(1); }
  const msa = ack.getSegment('MSA');
  answers.push([msa.getField(1), msa.getField(2)]);
  if (++at < batch.length) return setImmediate(next);  // it clears its "awaiting" after this call
  console.log(JSON.stringify(answers));
  process.exit(0);
}
next();
"""


def by_simple_hl7(port, batch):
    """npm's client; None where it cannot be had."""
    npm = shutil.which("npm")
    if not npm:
        return None
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "simple-hl7@3.3.0"], cwd=folder, capture_output=True, timeout=300)
        if fetched.returncode != 0:
            return None
        pathlib.Path(folder, "send.js").write_text(NODE)
        pathlib.Path(folder, "batch.json").write_text(json.dumps([message for message, _, _ in batch]))
        sent = subprocess.run(["node", "send.js", "batch.json", str(port)], cwd=folder, capture_output=True, text=True, timeout=300)
        if sent.returncode != 0:
            return [("simple-hl7 failed", sent.stderr[-300:], "")]
        answers = json.loads(sent.stdout)
        return [(control, expected, answer) for (_, control, expected), answer in zip(batch, answers) if tuple(answer) != (expected, control)]


class Listener:
    def __init__(self, archive):
        self.process = subprocess.Popen([str(common.CHARTSCAN), "patients", "listen", "--listen", "127.0.0.1:0", "--archive", str(archive)],
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(line.split(" at ")[1].split()[0].rsplit(":", 1)[1])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def index_of(archive):
    rows = csv.DictReader(io.StringIO(common.chartscan("patients", "export", archive=archive)))
    return {row["mrn"]: {key: row[key] for key in FIELDS + ["maiden"]} for row in rows}


def model_of(patients):
    return {mrn: {key: person[key] for key in FIELDS + ["maiden"]} for mrn, person in patients.items()}


def main():
    options = arguments()
    hospital = Hospital(options.seed)
    batch = [hospital.draw() for _ in range(options.messages)]
    a, b = int(len(batch) * 0.8), int(len(batch) * 0.9)
    with tempfile.TemporaryDirectory(prefix="chartscan-adt-") as folder:
        archive = pathlib.Path(folder, "archive")
        listener = Listener(archive)
        times, wrong = by_client(listener.port, batch[:a])
        wrong += by_mllp_send(listener.port, batch[a:b])
        others = by_simple_hl7(listener.port, [one for one in batch[b:] if one[2] == "AA"])
        third = "npm simple-hl7" if others is not None else "python3-hl7 (npm's simple-hl7 could not be fetched)"
        wrong += others or []
        rest = [one for one in batch[b:] if one[2] != "AA"] if others is not None else batch[b:]
        wrong += by_client(listener.port, rest)[1]
        listener.end()

        differ = [mrn for mrn, person in model_of(hospital.patients).items() if index_of_cached(archive).get(mrn) != person]
        surplus = set(index_of_cached(archive)) - set(hospital.patients)
        log = json.loads(common.chartscan("patients", "feed", "--limit", "1000000", "--json", archive=archive))["messages"]
        refused = [line for line in log if line["answer"] != "AA"]
        expected = [control for _, control, answer in batch if answer != "AA"]
        unlogged = set(expected) - {line["control_id"] for line in refused} - {""}

        for one in wrong[:5]:
            print("  wrong:", one)
        for mrn, _, _ in reversed(hospital.merged):
            common.chartscan("patients", "unmerge", mrn, archive=archive)
        index_of_cached.cache = None
        whole = dict(hospital.patients)
        for mrn, _, person in hospital.merged:
            whole[mrn] = person
        apart = [mrn for mrn, person in model_of(whole).items() if index_of_cached(archive).get(mrn) != person]

    times.sort()
    figures = {"messages": len(batch), "wrong_answers": len(wrong), "median_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)],
               "merges": len(hospital.merged), "patients": len(hospital.patients), "patients_that_differ": len(differ) + len(surplus),
               "patients_that_differ_after_undo": len(apart), "refused": len(expected), "refused_not_in_the_log": len(unlogged)}
    print(f"{len(batch)} messages: {a} by python3-hl7's client, {b - a} by its mllp_send, the rest by {third}")
    print(f"  wrong acknowledgements              {len(wrong)}")
    print(f"  sent to acknowledged, durable       median {figures['median_ms']:.2f} ms, p99 {figures['p99_ms']:.2f} ms")
    print(f"  malformed or contradicting, refused {len(expected)}, of them not in the log by control id {len(unlogged)}")
    print(f"  patients in the index               {len(hospital.patients)}, of them unlike the model {len(differ) + len(surplus)}")
    print(f"  merges                              {len(hospital.merged)}, patients unlike the model after all were undone {len(apart)}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if wrong or differ or surplus or apart or unlogged else 0


def index_of_cached(archive):
    if index_of_cached.cache is None:
        index_of_cached.cache = index_of(archive)
    return index_of_cached.cache


index_of_cached.cache = None

if __name__ == "__main__":
    sys.exit(main())
