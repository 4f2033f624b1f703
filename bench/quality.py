"""scripts/bench quality: findings of the image on drawn pages with and without the fault, in degrees of it (bench/quality.cpp).

Prints, for each finding and degree, whether it is expected and on how many pages it was right.
"""
import argparse
import subprocess
import sys

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20, metavar="N", help="pages for each degree (20)")
    parser.add_argument("--verbose", action="store_true", help="name every page that went wrong")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    build = common.CHARTSCAN.parent
    subprocess.run(["cmake", "--build", str(build), "--target", "bench_quality"], check=True, stdout=sys.stderr)
    command = [build / "tests" / "bench_quality", "--pages", options.pages]
    if options.json:
        command += ["--json", options.json]
    if options.verbose:
        command.append("--verbose")
    return subprocess.run([str(word) for word in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
