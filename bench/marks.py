"""scripts/bench marks: patch codes, barcodes and blank sides on drawn sheets whose truth is known (bench/marks.cpp, tests/support/mark_sheets.h).

Prints found, missed, wrong and milliseconds of processor time a page. Scans without any mark may be given as further input.
"""
import argparse
import subprocess
import sys

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench marks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["patch", "barcodes", "blanks"], help="one of the three (all)")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="one sheet in so many: a quick look")
    parser.add_argument("--verbose", action="store_true", help="name every sheet that went wrong")
    parser.add_argument("--input", nargs="+", default=[], metavar="PATH", help="files and folders of scans that hold no mark and are not blank")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    command = [common.built("marks")]
    for option in ("only", "share", "json"):
        if getattr(options, option):
            command += [f"--{option}", getattr(options, option)]
    if options.verbose:
        command.append("--verbose")
    return subprocess.run([str(word) for word in command + common.input_files(options.input)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
