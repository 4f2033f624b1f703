"""scripts/bench index_crash: the power goes, and the process is killed, while pages are committed, made into segments and merged.

After every crash the archive is opened again and held against what was acknowledged: every page with its original and its words,
no word too many, no damage. Power cuts are simulated on a file system that loses, keeps or tears what was not synced
(tests/indexer/power_cut_test.cpp); kills are real ones (bench/index_crash.cpp).
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench index_crash", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200, metavar="N", help="simulated power cuts (200)")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="kill -9 (50)")
    parser.add_argument("--pages", type=int, default=3000, metavar="N", help="of an archive, before the next one begins (3000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--build", type=pathlib.Path, default=common.TOP / "build" / "release", metavar="DIR", help="where the programs are made")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def build(folder):
    subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=common.TOP, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "bench_index_crash", "test_indexer"], check=True, stdout=subprocess.DEVNULL)


def cut_power(options):
    environment = os.environ | {"CHARTSCAN_POWER_CUTS": str(options.cuts), "CHARTSCAN_SEED": str(options.seed)}
    run = subprocess.run([options.build / "tests" / "test_indexer", "the power goes*"], env=environment, capture_output=True, text=True)
    if run.returncode != 0:
        print(run.stdout, file=sys.stderr)
    return run.returncode == 0


def kill_once(program, archive, seed, pages):
    """Works for a moment, is killed; `pages` learns what was acknowledged. True when nothing is lost."""
    said = archive.parent / "said"
    with said.open("w") as out:
        worker = subprocess.Popen([program, "work", archive, str(seed)], stdout=out)
        time.sleep(random.Random(seed).uniform(0.02, 0.6))
        worker.kill()
        worker.wait()
    maybe = {}
    for line in said.read_text().splitlines():
        words = line.split()
        if words[0] == "?" and len(words) == 3:
            maybe = {words[1]: words[2]}
        elif len(words) == 2 and maybe.get(words[0]) == words[1]:
            pages[words[0]] = words[1]
            maybe = {}
    known = "".join(f"{page} {text}\n" for page, text in pages.items()) + "".join(f"? {page} {text}\n" for page, text in maybe.items())
    checked = subprocess.run([program, "check", archive], input=known, capture_output=True, text=True)
    if checked.returncode != 0:
        print(f"kill with seed {seed}: {checked.stderr}", file=sys.stderr)
        return False
    pages.clear()
    pages.update(line.split() for line in checked.stdout.splitlines())
    return True


def kill(options):
    program = options.build / "tests" / "bench_index_crash"
    lost = indexed = 0
    with tempfile.TemporaryDirectory() as folder:
        archive, pages = pathlib.Path(folder) / "archive", {}
        for number in range(options.kills):
            lost += not kill_once(program, archive, options.seed * 1_000_000 + number, pages)
            if len(pages) >= options.pages or lost:
                indexed += len(pages)
                shutil.rmtree(archive, ignore_errors=True)
                pages = {}
        indexed += len(pages)
    return lost, indexed


def main():
    options = arguments()
    build(options.build)
    cuts_good = cut_power(options) if options.cuts else True
    print(f"simulated power cuts  {options.cuts:6}  {'nothing lost' if cuts_good else 'FAULTS'}")
    lost, pages = kill(options)
    print(f"kill -9               {options.kills:6}  {'nothing lost' if lost == 0 else f'{lost} with faults'}, {pages} pages")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"crash": {"cuts": options.cuts, "cuts_good": cuts_good, "kills": options.kills, "kills_with_faults": lost, "pages": pages}}, indent=1))
    return 0 if cuts_good and lost == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
