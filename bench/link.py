"""scripts/bench link: whose chart a document belongs to, on documents whose patient is known.

Four parts, each with data of its own:
  rendered   drawn, scanned, damaged and read by the whole program (bench/link_draw.cpp): fonts, layouts and seeds that nothing was tuned on
  simulated  page texts with character noise of 0, 1, 3 and 8 %, over the Synthea register beside the project and an invented one, with
             hard cases (twins, Jr/Sr, namesakes, mothers and newborns, neighbouring MRNs), strangers and pages of other patients
  febrl      data sets whose duplicates are known; weights and threshold are found without the key
  learn      (only when asked for) makes charts/linkage/*.csv anew, from seeds and a table of misreadings that no part here uses
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter

import common

DATA = pathlib.Path(os.environ.get("CHARTSCAN_DATA", common.TOP.parent / "shared" / "data"))


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench link", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["rendered", "simulated", "febrl"], help="one part (all)")
    parser.add_argument("--documents", type=int, default=400, metavar="N", help="rendered documents (%(default)s; about a second of processor each)")
    parser.add_argument("--simulated", type=int, default=20000, metavar="N", help="simulated documents, over all noise levels (%(default)s)")
    parser.add_argument("--seed", type=int, default=77, help="of the drawings (%(default)s)")
    parser.add_argument("--keep", metavar="DIR", help="keep drawings and archive there, and take them from there the next time")
    parser.add_argument("--learn", action="store_true", help="only make charts/linkage/*.csv anew")
    parser.add_argument("--verbose", action="store_true", help="say why documents were held")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def share(part, whole):
    return part / whole if whole else 0.0


def expected_calibration_error(said):
    """said: (confidence, right) of every document with a candidate."""
    bins = {}
    for confidence, right in said:
        bins.setdefault(min(9, int(confidence * 10)), []).append((confidence, right))
    return share(sum(abs(sum(c for c, _ in members) - sum(r for _, r in members)) for members in bins.values()), len(said))


def rendered(options):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.keep or scratch)
        if not (folder / "truth.jsonl").exists():
            subprocess.run([common.built("link_draw"), folder, str(options.documents), str(options.seed)], check=True)
        archive = folder / "archive"
        if not archive.exists():
            common.chartscan("patients", "import", folder / "patients.csv", archive=archive)
            common.chartscan("ingest", folder / "scans", archive=archive, check=(0, 1))
        pages = {}
        for page in common.exported_pages(archive):
            pages.setdefault(pathlib.Path(page["file"]).name, []).append(page)
        truth = [json.loads(line) for line in open(folder / "truth.jsonl")]
        return score_rendered([t for t in truth if t["file"] in pages], pages, options.verbose)


def score_rendered(truth, pages, verbose):
    tally, said, held = Counter(), [], Counter()
    for document in truth:
        of_file = pages[document["file"]]
        linked = {page["mrn"] for page in of_file if page["link_status"] == "auto"}
        flagged = [page for page in of_file if "foreign-page" in page["findings"]]
        tally["documents"] += 1
        wrong = [page for number, page in enumerate(of_file, 1) if page["link_status"] == "auto"
                 and page["mrn"] != (document["foreign_mrn"] if number == document["foreign_page"] else document["mrn"])]
        tally["wrong"] += bool(wrong)
        for page in wrong:
            print(f"  wrong: {document['file']} page {page['page_index']}: {page['mrn']}, is {document['mrn']}; {page['link_reasons']}")
        if document["foreign_page"]:
            tally["foreign"] += 1
            other = of_file[document["foreign_page"] - 1]
            apart = other["document_id"] != of_file[0]["document_id"]
            tally["foreign_found"] += bool(flagged) or apart
            tally["foreign_apart"] += apart and not flagged
            continue
        tally["pages"] += len(of_file)
        tally["false_holds"] += len(flagged)
        if not document["mrn"]:
            tally["unregistered"] += 1
            continue
        tally["known"] += 1
        tally["automatic"] += linked == {document["mrn"]} and all(page["link_status"] == "auto" for page in of_file)
        first = of_file[0]
        if first["mrn"]:
            said.append((first["link_confidence"], first["mrn"] == document["mrn"]))
        tally["first"] += first["mrn"] == document["mrn"]
        if not linked:
            held.update(set(code for page in of_file for code in page["findings"]) or {"(no finding on a page)"})
            if verbose:
                print(f"  held: {document['file']} ({', '.join(document['faults'])}): {sorted(set(sum((page['findings'] for page in of_file), [])))}")
    figures = {
        "documents": tally["documents"], "wrong": tally["wrong"], "unregistered": tally["unregistered"],
        "automatic_rate": share(tally["automatic"], tally["known"]), "first_candidate_right": share(tally["first"], tally["known"]),
        "foreign": tally["foreign"], "foreign_found": share(tally["foreign_found"], tally["foreign"]), "foreign_set_apart": tally["foreign_apart"],
        "false_foreign_per_1000_pages": 1000 * share(tally["false_holds"], tally["pages"]), "calibration_error": expected_calibration_error(said),
    }
    print(f"rendered: {figures['documents']} documents; {figures['wrong']} with a page linked wrongly")
    print(f"  automatic {100 * figures['automatic_rate']:.2f} % of {tally['known']} whose patient is registered; first candidate right {100 * figures['first_candidate_right']:.2f} %")
    print(f"  foreign pages found {100 * figures['foreign_found']:.1f} % of {tally['foreign']} ({tally['foreign_apart']} by becoming documents of their own); "
          f"false holds {figures['false_foreign_per_1000_pages']:.2f} per 1,000 pages; calibration error {figures['calibration_error']:.4f}")
    if verbose:
        print("  findings on pages of held documents:", dict(held.most_common()))
    return figures


def simulated(options):
    registered = DATA / "synthea_patients_dev.csv"
    command = [common.built("link"), "--documents", str(options.simulated)]
    if registered.exists():
        command += ["--register", registered]
    else:
        print(f"simulated: {registered} is not there; only the invented register is used")
    if options.verbose:
        command.append("--verbose")
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([*map(str, command), "--json", out.name], check=False)
        return json.load(open(out.name))["simulated"]


def febrl():
    files = sorted((DATA / "febrl").glob("dataset*.csv"))
    if not files:
        print(f"febrl: {DATA / 'febrl'} is not there; skipped")
        return []
    ran = subprocess.run([str(common.built("link_febrl")), *map(str, files)], check=True, capture_output=True, text=True)
    print(ran.stdout, end="")
    return json.loads(ran.stderr)


def main():
    options = arguments()
    if options.learn:
        return subprocess.run([str(common.built("link_learn")), str(common.TOP / "charts" / "linkage")], check=False).returncode
    parts = {"simulated": lambda: simulated(options), "febrl": febrl, "rendered": lambda: rendered(options)}
    figures = {name: run() for name, run in parts.items() if options.only in (None, name)}
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
