"""scripts/bench index_crash: the power goes, and the process is killed, while pages are committed, made into segments and merged.

After every crash the archive is opened again and held against what was acknowledged: every page with its original and its words,
no word too many, no damage. Power cuts are simulated on a file system that loses, keeps or tears what was not synced
(tests/indexer/power_cut_test.cpp); kills are real ones (bench/index_crash.cpp). Archives are small and many, so that a check takes
about as long as the work before it. Both go on side by side; a line is told for every round, and a round that failed names its seed.
"""
import argparse
import concurrent.futures
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
    parser.add_argument("--pages", type=int, default=400, metavar="N", help="of an archive, before the next one begins (400)")
    parser.add_argument("--round", type=int, default=100, metavar="N", help="crashes between two lines of progress (100)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="rounds of power cuts at a time, beside the kills (2)")
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/dev/shm"), metavar="DIR",
                        help="where archives are made; syncs need not reach a disk here (/dev/shm)")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--build", type=pathlib.Path, default=common.TOP / "build" / "release", metavar="DIR", help="where the programs are made")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def build(folder):
    subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=common.TOP, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "bench_index_crash", "test_indexer"], check=True, stdout=subprocess.DEVNULL)


def tell(what, done, wanted, faults, began):
    print(f"{what:22}{done:6} of {wanted:6}  {'nothing lost' if faults == 0 else f'{faults} FAULTS'}  {time.monotonic() - began:6.0f} s", flush=True)


def cut_round(options, first):
    """From a seed of its own; True when nothing is lost."""
    seed = options.seed * 1_000_000 + first
    more = {"CHARTSCAN_POWER_CUTS": str(min(options.round, options.cuts - first)), "CHARTSCAN_SEED": str(seed), "TMPDIR": str(options.scratch)}
    run = subprocess.run([options.build / "tests" / "test_indexer", "the power goes*"], env=os.environ | more, capture_output=True, text=True)
    if run.returncode != 0:
        print(f"power cuts from seed {seed}:\n{run.stdout[-4000:]}", file=sys.stderr, flush=True)
    return run.returncode == 0


def cut_power(options):
    """Returns how many rounds had a fault."""
    began, faulty, done = time.monotonic(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for good in pool.map(lambda first: cut_round(options, first), range(0, options.cuts, options.round)):
            faulty += not good
            done = min(done + options.round, options.cuts)
            tell("simulated power cuts", done, options.cuts, faulty, began)
    return faulty


def kill_once(program, archive, seed, pages):
    """Works for a moment, is killed; `pages` learns what was acknowledged. True when nothing is lost."""
    said = archive.parent / "said"
    with said.open("w") as out:
        worker = subprocess.Popen([program, "work", archive, str(seed)], stdout=out)
        time.sleep(random.Random(seed).uniform(0.02, 0.4))
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
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-", dir=options.scratch) as folder:
        archive, pages = pathlib.Path(folder) / "archive", {}
        for number in range(options.kills):
            failed = not kill_once(program, archive, options.seed * 1_000_000 + number, pages)
            lost += failed
            if len(pages) >= options.pages or failed:
                indexed += len(pages)
                shutil.rmtree(archive, ignore_errors=True)
                pages = {}
            if (number + 1) % options.round == 0 or number + 1 == options.kills:
                tell("kill -9", number + 1, options.kills, lost, began)
        indexed += len(pages)
    return lost, indexed


def main():
    options = arguments()
    if not options.no_build:
        build(options.build)
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        cuts, kills = both.submit(cut_power, options), both.submit(kill, options)
        faulty_rounds, (lost, pages) = cuts.result(), kills.result()
    print()
    common.table(["crash", "times", "with faults", ""], [["simulated power cut", options.cuts, faulty_rounds, f"rounds of {options.round}"],
                                                         ["kill -9", options.kills, lost, f"{pages} pages acknowledged"]])
    if options.json:
        figures = {"cuts": options.cuts, "cut_rounds_with_faults": faulty_rounds, "kills": options.kills, "kills_with_faults": lost, "pages": pages}
        pathlib.Path(options.json).write_text(json.dumps({"crash": figures}, indent=1))
    return 0 if faulty_rounds == lost == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
