"""scripts/bench pose: tilt and turn of pages whose truth is known (bench/pose.cpp, tests/support/pose_pages.h).

Deskew: mean, p95 and largest error in degrees, share within 0.1, unsure share, milliseconds of processor time for letters and tilt together.
Orientation: right, unsure and wrong after clean and read; how often the second opinion was asked; milliseconds of what is found on the image,
and of everything beyond reading the page once. Sets: drawn pages to tune on, drawn pages kept out (other fonts, other seeds), and real pages:
the scans in CHARTSCAN_DATA/pages (../shared/data), turned by known angles; left out where there are none.
"""
import argparse
import os
import pathlib
import subprocess
import sys

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench pose", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["skew", "orientation"], help="one of the two (both)")
    parser.add_argument("--pages", type=int, default=100, metavar="N", help="pages of each drawn set; each is turned four ways (100)")
    parser.add_argument("--verbose", action="store_true", help="name every page that went wrong")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def real_pages():
    folder = pathlib.Path(os.environ.get("CHARTSCAN_DATA", common.TOP.parent / "shared" / "data")) / "pages"
    if not folder.is_dir():
        print(f"no real pages: {folder} is not there (CHARTSCAN_DATA names another place)", file=sys.stderr)
        return []
    return common.input_files([folder])


def main():
    options = arguments()
    build = common.CHARTSCAN.parent
    subprocess.run(["cmake", "--build", str(build), "--target", "bench_pose"], check=True, stdout=sys.stderr)
    command = [build / "tests" / "bench_pose", "--pages", options.pages]
    for option in ("only", "json"):
        if getattr(options, option):
            command += [f"--{option}", getattr(options, option)]
    if options.verbose:
        command.append("--verbose")
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run([str(word) for word in command + real_pages()], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
