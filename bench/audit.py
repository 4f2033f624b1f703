"""scripts/bench audit: what the record of every look costs, how fast it is asked, and whether tampering with it is found.

  append   looks a second and the wait for one, until it is on disk; alone and with 20 threads at once
  who-saw  "who saw this chart", on trails of growing length: the first question after opening, and the following
  verify   reading a whole trail against its chain
  tamper   random tampering with a trail (bits flipped, records dropped, swapped, repeated, files cut, deleted, exchanged, head and
           index replaced): how often it was found, and how often the first record concerned was named
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of appending, each (%(default)s)")
    parser.add_argument("--records", type=int, nargs="+", default=[100_000, 2_000_000], help="lengths of the trails that are asked (%(default)s)")
    parser.add_argument("--charts", type=int, default=20_000, help="charts that the looks are spread over (%(default)s)")
    parser.add_argument("--tamper", type=int, default=1000, metavar="N", help="times that the shortest trail is tampered with (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the tampering (%(default)s)")
    parser.add_argument("--dir", help="where the trails are written: the disk that is measured (the archive's, best)")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def run(*words):
    done = subprocess.run([common.built("audit"), *map(str, words)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    options = arguments()
    figures = {}
    with tempfile.TemporaryDirectory(dir=options.dir) as scratch:
        scratch = pathlib.Path(scratch)
        plain = figures["disk"] = run("disk", scratch / "plain")
        print(f"append, until it is on disk; a plain write and sync of 150 bytes takes {plain['p50_ms']:.2f} ms here, p95 {plain['p95_ms']:.2f} ms")
        for threads in (1, 20):
            got = figures[f"append/{threads}"] = run("append", scratch / f"append-{threads}", options.seconds, threads)
            print(f"  {threads:2} threads: {got['records_per_s']:8.0f} a second; median {got['p50_ms']:.2f} ms, p95 {got['p95_ms']:.2f} ms, p99 {got['p99_ms']:.2f} ms")
        print("who saw this chart, and verify")
        for records in options.records:
            trail = scratch / f"trail-{records}"
            made = run("fill", trail, records, options.charts)
            asked = run("who-saw", trail, 200, options.charts)
            read = run("verify", trail)
            assert not read["fault"], read["fault"]
            figures[f"trail/{records}"] = {"fill": made, "who_saw": asked, "verify": read}
            print(f"  {records:>9,} records ({made['bytes_per_record']:.0f} bytes each, index {made['index_bytes_per_record']:.0f}): first {asked['first_ms']:.1f} ms, then median "
                  f"{asked['p50_ms']:.2f} ms, p95 {asked['p95_ms']:.2f} ms, worst {asked['worst_ms']:.2f} ms; verified in {read['seconds']:.1f} s")
        if options.tamper:
            got = figures["tamper"] = run("tamper", scratch / f"trail-{min(options.records)}", options.tamper, options.seed)
            print(f"tampered {got['times']} times with {min(options.records):,} records: found {got['found']}, first record named {got['named']} of {got['of_a_record']}")
            for line in got["missed"]:
                print(f"  not named: {line}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
