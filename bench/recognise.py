"""scripts/bench recognise: our reader of lines against Tesseract's own, both with Debian's model eng, on the same images of lines.

Text: lines with identical text, characters that differ, errors against the truth of both, and how well confidences tell right words from wrong
ones (area under the curve, calibration error). Forward pass: processor time a line with each kernel forced, against the time of Tesseract's
forward pass over the same lines in the same run; batches in which kernels differ in any bit. The plain kernel reads every tenth batch.
Lines: drawn in twelve fonts, clean and damaged, with words of CHARTSCAN_DATA (../shared/data) where it is there; and cut from its pages and
from the samples by layout analysis.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import common
import pages


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench recognise", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=8000, metavar="N", help="drawn lines (8000); those cut from scans come on top")
    parser.add_argument("--no-scans", action="store_true", help="drawn lines only")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def notes(data, folder):
    """Clinical notes, one a line, for the drawn lines; None where there are none."""
    if not (data / "mtsamples_dev.csv").is_file():
        print(f"words are invented ones: {data / 'mtsamples_dev.csv'} is not there (CHARTSCAN_DATA names another place)", file=sys.stderr)
        return None
    pages.write_notes(data, folder / "notes.txt")
    return folder / "notes.txt"


def show(figures):
    kernels = [[name, f"{k['ms_per_line']:.3f}", f"{k['tesseract_ms_per_line']:.2f}", f"{k['ratio']:.1f}", k["lines"], k["differing_batches"],
                f"{k['workspace_mb']:.1f}"] for name, k in figures["kernels"].items()]
    common.table(["kernel", "ms a line", "Tesseract's", "ratio", "lines", "batches that differ", "MB"], kernels)
    print(f"\nbeside it, ms a line: {figures['prepare_ms_per_line']:.2f} scaling, {figures['decode_ms_per_line']:.2f} decoding; "
          f"Tesseract in all {figures['tesseract_all_ms_per_line']:.2f}\n")

    def cell(row, name, digits=4):
        return f"{row[name]:.{digits}f}" if name in row else ""
    rows = [[name, row["lines"], f"{100 * row['identical']:.2f} %", f"{100 * row['character_difference']:.3f} %", cell(row, "error_ours"),
             cell(row, "error_tesseract"), cell(row, "auc_ours"), cell(row, "auc_tesseract"), cell(row, "calibration_ours"),
             cell(row, "calibration_tesseract")] for name, row in sorted(figures["sets"].items(), key=lambda item: (item[0] == "all", item[0]))]
    common.table(["lines", "number", "identical", "characters differ", "errors ours", "Tesseract's", "area ours", "Tesseract's", "calibration ours",
                  "Tesseract's"], rows)


def main():
    options = arguments()
    program = common.built("recognise")
    data = pathlib.Path(os.environ.get("CHARTSCAN_DATA", common.TOP.parent / "shared" / "data"))
    scans = [] if options.no_scans else common.input_files([folder for folder in (data / "pages", common.TOP / "samples") if folder.is_dir()])
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        words = notes(data, folder)
        command = [program, "--lines", options.lines, "--json", folder / "figures.json", *(["--words", words] if words else []),
                   *(scan for scan in scans if scan.suffix.lower() != ".pdf")]
        ran = subprocess.run([str(word) for word in command], env={**os.environ, "OMP_THREAD_LIMIT": "1"}, stdout=subprocess.DEVNULL, check=False)
        if ran.returncode != 0:
            return ran.returncode
        figures = json.loads((folder / "figures.json").read_text())
    show(figures)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), **figures}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
