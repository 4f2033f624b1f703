"""A clerk accepts a thousand documents in a row on the real screen: does the last one come as fast as the first?

Fills an archive (texts of --corpus, pictures of the samples, one document of three waiting for a person), starts the server, and lets
Debian's Chromium press Enter --items times, each --look milliseconds after the next page stood on the screen. For every hundred: items a
minute, milliseconds from the key until the next page is painted (the bar is 100), and what the browser holds: JavaScript's heap, nodes,
and the memory of its processes; with the machine's load, which decides about the slowest. It ends with a failure when a document was not
stored, or when the page is slower than the bar at 95 %.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import common

BAR_MS = 100
WAITING_OF = 3
PASSWORD = "one thousand in a row"


def share(values, of):
    return sorted(values)[min(len(values) - 1, int(of * len(values)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="pages.tsv, as scripts/bench search takes it")
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--look", type=float, default=250, help="milliseconds that the clerk looks at each page")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        archive = os.path.join(folder, "archive")
        pages = 10 * args.items  # documents have two pages or three; some more wait than are accepted
        subprocess.run([common.CHARTSCAN.parent / "tests" / "bench_serve", "fill", "--corpus", args.corpus, "--pages", str(pages), "--waiting-of", str(WAITING_OF),
                        "--samples", common.TOP / "samples", "--archive", archive], check=True)
        subprocess.run([common.CHARTSCAN, "users", "add", "bench", "--full-name", "Bench", "--role", "clerk", "--role", "administrator", "--keep-password", "--archive", archive],
                       input=f"{PASSWORD}\n" * 2, check=True, capture_output=True, text=True)
        process, port = common.served(archive)
        try:
            clerk = subprocess.Popen(["node", common.TOP / "bench" / "review.mjs", "--base", f"http://127.0.0.1:{port}", "--name", "bench", "--password", PASSWORD,
                                      "--items", str(args.items), "--look", str(args.look), "--of", "100", "--pictures", folder], stdout=subprocess.PIPE, text=True)
            print(f"{'':>6}  {'items':>6}  {'key to the next page, ms':>28}   {'heap':>5}  {'nodes':>6}  {'browser':>7}  {'load':>5}")
            print(f"{'items':>6}  {'a min':>6}  {'p50':>8} {'p95':>9} {'most':>9}   {'MB':>5}  {'':>6}  {'MB':>7}", flush=True)
            for line in clerk.stdout:
                row = json.loads(line)
                rows.append(row)
                if "ms" in row:
                    print(f"{row['items']:6}  {len(row['ms']) / row['minutes']:6.0f}  {share(row['ms'], 0.5):8.0f} {share(row['ms'], 0.95):9.0f} {max(row['ms']):9.0f}"
                          f"   {row['heap_mb']:5.1f}  {row['nodes']:6.0f}  {row['browser_mb']:7.0f}  {os.getloadavg()[0]:5.1f}", flush=True)
            if clerk.wait() != 0:
                sys.exit("bench review: the browser gave up; what it said stands above")
        finally:
            process.terminate()
            process.wait()
    times = [ms for row in rows if "ms" in row for ms in row["ms"]]
    end = rows[-1]
    print(f"all: {len(times)} accepted, {end['stored']} stored; median {share(times, 0.5):.0f} ms, 95 % within {share(times, 0.95):.0f} ms (bar {BAR_MS}), "
          f"{sum(ms > BAR_MS for ms in times)} over it; the browser complained {len(end['faults'])} times")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(rows, indent=1))
    if end["stored"] != len(times) or end["faults"] or share(times, 0.95) > BAR_MS:
        sys.exit("bench review: not as it should be")


main()
