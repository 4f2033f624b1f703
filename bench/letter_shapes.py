"""scripts/bench letter_shapes: how well single letters and digits tell which way up they stand (imaging/letter_shapes.h, bench/letter_shapes.cpp).

Prints, for drawn pages of the set tuned on and of the set kept out (other fonts, other seeds), the share of letters read right and the
weakest page of each kind. --learn teaches the network anew and writes imaging/letter_weights.cpp.
"""
import argparse
import subprocess
import sys

import common


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench letter_shapes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learn", action="store_true", help="teach it anew (minutes)")
    options = parser.parse_args()
    build = common.CHARTSCAN.parent
    subprocess.run(["cmake", "--build", str(build), "--target", "bench_letter_shapes"], check=True, stdout=sys.stderr)
    command = [str(build / "tests" / "bench_letter_shapes")]
    if options.learn:
        command += ["--write", str(common.TOP / "imaging" / "letter_weights.cpp")]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
