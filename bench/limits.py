"""scripts/bench limits: pages that would explode beside ordinary ones: processor time and peak memory of each, and their ratio to the median ordinary page.

Specks by the hundred thousand, a large colour page, a table without end, scattered letters, a photo, a checkerboard, a halftone, and a
full page of small prose, which is legitimate and must be read whole. All drawn (bench/limits.cpp); each is worked on in a process of its own.
"""
import argparse
import subprocess
import sys

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench limits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", help="ordinary pages, and bad ones whose name holds this")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    command = [common.built("limits")]
    for option in ("only", "json"):
        if getattr(options, option):
            command += [f"--{option}", getattr(options, option)]
    return subprocess.run([str(word) for word in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
