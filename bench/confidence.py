"""scripts/bench confidence: what the confidence of a word is worth, of both recognisers on the same drawn lines (bench/confidence.cpp).

A third of the lines is clean, a third a poor scan, a third hardly legible. The part `held` has other fonts and words than the part
`tune`, on which --fit finds the figures of ocr/word_confidence.cpp. area: the chance that a right word is more confident than a
wrong one. error: the mean distance between the figure said and the share that is right, raw and after probability_right().
Words come from CHARTSCAN_DATA or ../shared/data where there are clinical notes; else from a few invented ones.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import common
import pages


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench confidence", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1500, metavar="N", help="lines of each part (1500)")
    parser.add_argument("--fit", action="store_true", help="print the figures that would fit the part `tune` best")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    build = common.CHARTSCAN.parent
    subprocess.run(["cmake", "--build", str(build), "--target", "bench_confidence"], check=True, stdout=sys.stderr)
    command = [build / "tests" / "bench_confidence", "--lines", options.lines]
    if options.fit:
        command.append("--fit")
    if options.json:
        command += ["--json", options.json]
    with tempfile.TemporaryDirectory() as scratch:
        notes = pathlib.Path(scratch) / "notes.txt"
        real = pages.data()
        if real:
            pages.write_notes(real, notes)
            command += ["--notes", notes]
        return subprocess.run([str(word) for word in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
