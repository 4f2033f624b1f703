"""scripts/bench forms: check boxes, signatures, dates, stamps and handwriting on drawn forms whose answers are known (bench/forms.cpp,
tests/support/form_pages.h), and what is found on pages that are no forms.

The held-out part has other fonts, layouts, hands and seeds than the one that was tuned on. F1 counts an unsure answer as a miss.
"""
import argparse
import subprocess
import sys

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench forms", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=["held-out", "tuning", "both"], default="held-out", help="which part of the drawn forms (%(default)s)")
    parser.add_argument("--pages", type=int, default=120, metavar="N", help="forms a part (%(default)s)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first form")
    parser.add_argument("--plain", type=int, default=64, metavar="N", help="drawn pages that are no forms (%(default)s)")
    parser.add_argument("--keep", metavar="DIR", help="keep there what was read, and take it from there the next time")
    parser.add_argument("--show", metavar="DIR", help="write the pages there with their cues drawn over them")
    parser.add_argument("--verbose", action="store_true", help="name everything that went wrong")
    parser.add_argument("--input", nargs="+", default=[], metavar="PATH", help="files and folders of scans that are no forms")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    command = [common.built("forms")]
    for option in ("set", "pages", "first", "plain", "keep", "show", "json"):
        if getattr(options, option) is not None:
            command += [f"--{option}", getattr(options, option)]
    if options.verbose:
        command.append("--verbose")
    return subprocess.run([str(word) for word in command + common.input_files(options.input)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
