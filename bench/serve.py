"""How fast `chartscan serve` answers many users at once: idle, and while pages are being read beside them.

Fills an archive of --pages pages (texts of --corpus, pictures of the samples, one document of twenty waiting for a person), starts the
server, and lets --users users search, look at page images and ask for the next document to review, each with a pause between two
requests; then again while `chartscan ingest` reads the samples through the same server with all its workers. Latencies are wall-clock as
a user feels them: run it on a machine that does nothing else.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import common

LIMITS = {"search": 50, "page image": 30, "review next": 30}


def token_for(archive):
    run = lambda *words, **more: subprocess.run([common.CHARTSCAN, *words, "--archive", archive], check=True, capture_output=True, text=True, **more)
    run("users", "add", "bench", "--full-name", "Bench", "--role", "clerk", "--role", "auditor", "--role", "administrator", "--keep-password", input="twenty people at once\n" * 2)
    out = run("users", "tokens", "--issue", "bench", "--user", "bench", "--scope", "view", "--scope", "search", "--scope", "review")
    return re.search(r"cs\.t-\S+", out.stdout + out.stderr)[0]


def asked(program, port, token, args, seed):
    out = subprocess.run([program, "ask", "--port", str(port), "--token", token, "--pages", str(args.pages), "--queries", args.queries, "--users", str(args.users),
                          "--seconds", str(args.seconds), "--think", str(args.think), "--seed", str(seed)], check=True, capture_output=True, text=True).stdout
    rows = {}
    for line in out.splitlines():
        kind, requests, refused, p50, p95, most = line.split("\t")
        rows[kind] = {"requests": int(requests), "refused": int(refused), "p50_ms": float(p50), "p95_ms": float(p95), "max_ms": float(most)}
    return rows


def read_beside(archive, folder, stop):
    """Feeds the samples again and again, under other names, until told to stop."""
    samples = [path for path in sorted((common.TOP / "samples").glob("batch-*")) if path.is_file()]
    number = 0
    while not stop.is_set():
        number += 1
        box = pathlib.Path(folder) / f"box-{number}"
        box.mkdir()
        for path in samples:
            shutil.copy(path, box / path.name)
        subprocess.run([common.CHARTSCAN, "ingest", "--archive", archive, box], capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="pages.tsv, as scripts/bench search takes it")
    parser.add_argument("--queries", required=True)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--think", type=float, default=1000, help="milliseconds between two requests of a user, on the average")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    program = common.CHARTSCAN.parent / "tests" / "bench_serve"
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        archive = os.path.join(folder, "archive")
        print(f"filling an archive of {args.pages} pages ...", flush=True)
        subprocess.run([program, "fill", "--corpus", args.corpus, "--pages", str(args.pages), "--samples", common.TOP / "samples", "--archive", archive], check=True)
        os.sync()  # what was filled in is on the disk before anybody asks
        token = token_for(archive)
        process, port = common.served(archive)
        try:
            asked(program, port, token, argparse.Namespace(**{**vars(args), "seconds": 5}), 1)  # warm
            result = {"idle": asked(program, port, token, args, 1000)}  # other pages each time: none is in memory
            stop = threading.Event()
            feeding = threading.Thread(target=read_beside, args=(archive, folder, stop))
            feeding.start()
            time.sleep(3)
            result["reading"] = asked(program, port, token, args, 2000)
            stop.set()
            feeding.join()
        finally:
            process.terminate()
            process.wait()
    print(f"{args.users} users, {args.pages} pages, {args.think:.0f} ms between two requests of a user; milliseconds")
    print(f"{'':12}  {'idle':>24}  {'while pages are read':>24}   ratio   bar")
    print(f"{'':12}  {'p50':>7} {'p95':>7} {'max':>8}  {'p50':>7} {'p95':>7} {'max':>8}     p95")
    for kind, limit in LIMITS.items():
        idle, busy = result["idle"][kind], result["reading"][kind]
        print(f"{kind:12}  {idle['p50_ms']:7.1f} {idle['p95_ms']:7.1f} {idle['max_ms']:8.1f}  {busy['p50_ms']:7.1f} {busy['p95_ms']:7.1f} {busy['max_ms']:8.1f}"
              f"  {busy['p95_ms'] / idle['p95_ms']:6.2f}   {limit} ms, twice")
        for row in (idle, busy):
            if row["refused"]:
                print(f"  {row['refused']} of {row['requests']} requests were not answered")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(result, indent=1))


main()
