"""scripts/bench pages: what is read from office-like pages, clean and damaged, and what it costs, beside ocrmypdf and plain tesseract in one run.

The pages are drawn, so every word of them is known (tests/support/office_pages.h; seven kinds in turn), and written once as they are and
once with each fault (tests/support/degrade.h). Their words come from notes.csv where CHARTSCAN_DATA or ../shared/data has clinical notes,
else from a few invented ones; real scans with truth are taken from there too. `--part tune` is for working on the program, `--part held`
has other fonts, sizes and words and is only for measuring. CPU-seconds a page are user and system time of the whole process tree.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import common
import ingest

PEER_NAMES = ("ocrmypdf", "tesseract")


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=["clean", "degraded", "both"], default="both", help="which pages (both)")
    parser.add_argument("--part", choices=["tune", "held"], default="held", help="drawn to tune on, or kept out of tuning (held)")
    parser.add_argument("--clean", type=int, default=28, metavar="N", help="drawn pages of the clean set (28)")
    parser.add_argument("--degraded", type=int, default=7, metavar="N", help="drawn pages that get every fault (7)")
    parser.add_argument("--fault", metavar="NAME", help="only this fault")
    parser.add_argument("--peers", default="ocrmypdf,tesseract", metavar="LIST", help="of ocrmypdf, tesseract; empty = ours alone")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="page workers of chartscan and ocrmypdf")
    parser.add_argument("--keep", metavar="DIR", help="leave pages and texts there")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


# --- the pages ---------------------------------------------------------------------------------------------------------

def data():
    for folder in (os.environ.get("CHARTSCAN_DATA"), common.TOP.parent / "shared" / "data"):
        if folder and pathlib.Path(folder).is_dir():
            return pathlib.Path(folder)
    print("no CHARTSCAN_DATA: invented notes, and no real scans", file=sys.stderr)
    return None


def write_notes(folder, out):
    """The transcriptions, a line each; the commas that stand for line breaks are taken out."""
    with open(folder / "mtsamples_dev.csv", newline="") as file, open(out, "w") as notes:
        for row in csv.DictReader(file):
            notes.write(re.sub(r"\s+", " ", re.sub(r"(?<=[.:;,]),\s*", " ", row["transcription"])).strip() + "\n")


def draw(folder, part, count, faults, scratch):
    command = [common.CHARTSCAN.parent / "tests" / "bench_pages", "--out", folder, "--part", part, "--count", count, "--faults", faults]
    real = data()
    if real:
        if not (scratch / "notes.txt").exists():
            write_notes(real, scratch / "notes.txt")
        command += ["--notes", scratch / "notes.txt", *sorted((real / "pages").glob("*.tif"))]
    subprocess.run([str(word) for word in command], check=True)
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]


# --- the programs ------------------------------------------------------------------------------------------------------

def ours(files, scratch, jobs):
    run = ingest.ingest(files, scratch / "archive", jobs)
    keys = [(str(file.resolve()), 0) for file in files]
    return run.cpu_s, ingest.our_texts(scratch / "archive", files, keys)


def ocrmypdf(files, scratch, jobs):
    pdf = scratch / "pages.pdf"
    _, unreadable = ingest.in_child(ingest.combine, files, 0, str(pdf))
    if unreadable:
        sys.exit(f"bench pages: {unreadable}")
    run, texts, _ = ingest.run_peer(pdf, scratch, jobs)
    return run.cpu_s, texts[:len(files)]


def tesseract(files, scratch, jobs):
    """The command line program, a process a page, with the file's own resolution."""
    cpu, texts = 0.0, []
    for file in files:
        run = common.measured(["tesseract", file, "stdout"], env={**os.environ, "OMP_THREAD_LIMIT": "1"})
        cpu += run.cpu_s
        texts.append(run.stdout)
    return cpu, texts


# --- the report --------------------------------------------------------------------------------------------------------

def scores(truth, texts, group):
    """{group: F1}, and of all pages together under 'all'."""
    names = dict.fromkeys(page[group] for page in truth)
    of = lambda wanted: common.bow_f1([(text, page["text"]) for text, page in zip(texts, truth) if wanted(page)])
    return {**{name: of(lambda page: page[group] == name) for name in names}, "all": of(lambda page: True)}


def measure(name, truth, folder, options, scratch):
    files = [folder / page["file"] for page in truth]
    group = "kind" if name == "clean" else "fault"
    programs = {"chartscan": ours, **{peer: globals()[peer] for peer in PEER_NAMES if peer in options.peers.split(",")}}
    result = {"pages": len(files), "cpu_s_per_page": {}, "f1": {}}
    for who, program in programs.items():
        cpu, texts = program(files, scratch, options.jobs)
        result["cpu_s_per_page"][who] = cpu / len(files)
        result["f1"][who] = scores(truth, texts, group)
        print(f"{name}: {who} {cpu / len(files):.3f} CPU-s/page, F1 {result['f1'][who]['all']:.4f}", file=sys.stderr)
        if options.keep:
            for page, text in zip(truth, texts):
                (folder / f"{pathlib.Path(page['file']).stem}.{who}.txt").write_text(text)
    return result


def report(name, result, clean_f1=None):
    mine = result["cpu_s_per_page"]["chartscan"]
    print(f"\n{name}: {result['pages']} pages")
    common.table(["", "CPU-s/page", "ratio", "bag-of-words F1"],
                 [[who, f"{cpu:.3f}", f"{cpu / mine:.2f}", f"{result['f1'][who]['all']:.4f}"] for who, cpu in result["cpu_s_per_page"].items()])
    print()
    against = ["to clean"] if clean_f1 is not None else []
    common.table([f"F1 by {'kind' if name == 'clean' else 'fault'}", *result["f1"], *against],
                 [[group, *(f"{f1[group]:.4f}" for f1 in result["f1"].values()),
                   *([f"{result['f1']['chartscan'][group] - clean_f1:+.4f}"] if against else [])] for group in result["f1"]["chartscan"]])


def main():
    options = arguments()
    common.built("pages")
    results = {}
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        scratch = pathlib.Path(folder)
        place = pathlib.Path(options.keep) if options.keep else scratch
        print(f"pages drawn to {'be tuned on' if options.part == 'tune' else 'be measured only'} ({options.part}), and real scans with truth")
        if options.set != "degraded":
            truth = draw(place / "clean", options.part, options.clean, "none", scratch)
            results["clean"] = measure("clean", truth, place / "clean", options, scratch)
            report("clean", results["clean"])
        if options.set != "clean":
            # The same pages without a fault are what the others are held against.
            truth = draw(place / "unharmed", options.part, options.degraded, "none", scratch)
            clean = ours([place / "unharmed" / page["file"] for page in truth], scratch, options.jobs)[1]
            clean_f1 = scores(truth, clean, "fault")["all"]
            truth = draw(place / "degraded", options.part, options.degraded, options.fault or "some", scratch)
            results["degraded"] = measure("degraded", truth, place / "degraded", options, scratch)
            results["degraded"]["unharmed_f1"] = clean_f1
            report("degraded", results["degraded"], clean_f1)
            print(f"\nthe same pages without a fault: F1 {clean_f1:.4f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), "part": options.part, **results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
