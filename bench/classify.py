"""scripts/bench classify: document types, identifiers and document boundaries on pages that neither training nor tuning has seen.

Sets: families of pages written apart from the training templates (bench/page_families), with their titles and without, as text with
simulated misreading and drawn, damaged and read; and, where CHARTSCAN_DATA or ../shared/data has clinical notes, the quarter of them that
the shipped model has not learnt from (scripts/training-notes --part held), without titles. Patient blocks have layouts of their own
(bench/classify_pages.h). The figures are of the model that is compiled in, or of --model; of each page
alone and, as the export says it, by its document.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench classify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=8, metavar="N", help="documents of each family, as text (%(default)s)")
    parser.add_argument("--drawn", type=int, default=2, metavar="N", help="documents of each family that are drawn and read, and 20 N notes; about a CPU-second a page (%(default)s)")
    parser.add_argument("--model", metavar="FILE", help="judge this model, made by `chartscan train`")
    parser.add_argument("--verbose", action="store_true", help="name what went wrong")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    data = pathlib.Path(os.environ.get("CHARTSCAN_DATA", common.TOP.parent / "shared" / "data")) / "mtsamples_dev.csv"
    command = [common.built("classify"), "--families", common.TOP / "bench" / "page_families", "--texts", options.texts, "--drawn", options.drawn]
    with tempfile.TemporaryDirectory() as folder:
        if data.exists():
            notes = pathlib.Path(folder) / "held.jsonl"
            subprocess.run([common.TOP / "scripts" / "training-notes", data, "--part", "held", "-o", notes], check=True)
            command += ["--notes", notes]
        else:
            print(f"no notes: {data} is not there", file=sys.stderr)
        if options.model:
            command += ["--model", options.model]
        if options.verbose:
            command.append("--verbose")
        if options.json:
            command += ["--json", options.json]
        return subprocess.run([str(word) for word in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
