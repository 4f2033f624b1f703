"""What the benchmarks share: running a program and measuring its whole process tree, finding input pages, scoring text."""
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass

TOP = pathlib.Path(__file__).resolve().parent.parent
# Another build can be measured by naming it.
CHARTSCAN = pathlib.Path(os.environ.get("CHARTSCAN_PROGRAM", TOP / "build" / "release" / "chartscan"))
IMAGE_SUFFIXES = {".tif", ".tiff", ".pdf", ".png", ".jpg", ".jpeg"}
CONTAINERS = {".tif", ".tiff", ".pdf"}


@dataclass
class Run:
    exit_code: int
    cpu_s: float         # user and system, of the program and every child it waited for
    wall_s: float
    peak_rss_mb: float   # largest single process of the tree, by the kernel's count
    peak_pss_mb: float   # sum over the tree, shared memory counted once; sampled
    stdout: str
    stderr: str


def served(archive):
    """`chartscan serve` on a free port of this machine; (process, port)."""
    process = subprocess.Popen([CHARTSCAN, "serve", "--archive", archive, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"serving .* at http://127\.0\.0\.1:(\d+)/", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, int(found[1])
    sys.exit("the server did not start")


def tree_of(pid):
    """pid and its descendants, those of any thread included."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            for task in os.listdir(f"/proc/{found[-1]}/task"):
                with open(f"/proc/{found[-1]}/task/{task}/children") as children:
                    waiting += [int(child) for child in children.read().split()]
        except OSError:
            pass  # it has just ended
    return found


def pss_mb(pid):
    total = 0
    for member in tree_of(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as rollup:
                total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total / 1024


def measured(command, sample_s=0.2, **options):
    """Runs a command to its end. Output goes through files, so that a talkative program never waits for us."""
    import tempfile
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err, stdin=subprocess.DEVNULL, **options)
        peak, ended = [0.0], threading.Event()

        def sample():
            while not ended.wait(sample_s):
                peak[0] = max(peak[0], pss_mb(process.pid))

        sampler = threading.Thread(target=sample, daemon=True)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        ended.set()
        sampler.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(process.returncode, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, peak[0], out.read(), err.read())


def chartscan(*words, archive, check=(0,)):
    """One verb, not measured; its stdout."""
    ran = subprocess.run([str(CHARTSCAN), *map(str, words), "--archive", str(archive)], capture_output=True, text=True)
    if ran.returncode not in check:
        raise SystemExit(f"chartscan {' '.join(map(str, words))}: exit code {ran.returncode}\n{ran.stderr[-2000:]}")
    return ran.stdout


def built(name):
    """The C++ side of a bench, bench_NAME, built beside the program that is measured."""
    subprocess.run(["cmake", "--build", str(CHARTSCAN.parent), "--target", f"bench_{name}"], check=True, stdout=sys.stderr)
    return CHARTSCAN.parent / "tests" / f"bench_{name}"


def exported_pages(archive):
    return [json.loads(line) for line in chartscan("export", "pages", "--format", "jsonl", archive=archive).splitlines()]


def natural(path):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", str(path))]


def input_files(paths):
    """Every scan below the given paths, in the order in which chartscan feeds them."""
    files = []
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            files += sorted((f for f in path.rglob("*") if f.suffix.lower() in IMAGE_SUFFIXES), key=natural)
        else:
            files.append(path)
    return files


def resolve(label, paths):
    """The file that a label of the export or of a truth file names."""
    for candidate in [pathlib.Path(label), *(pathlib.Path(path) / label for path in paths)]:
        if candidate.exists():
            return str(candidate.resolve())
    return label


def read_truth(paths, given=None):
    """{(file, page index): text} from truth.jsonl beside the input, or from the file given; {} when there is none."""
    candidates = [pathlib.Path(given)] if given else [pathlib.Path(path) / "truth.jsonl" for path in paths]
    truth = {}
    for file in candidates:
        if file.is_file():
            for line in file.read_text().splitlines():
                page = json.loads(line)
                truth[resolve(page["file"], [*paths, file.parent]), page.get("page_index", 0)] = page
    return truth


_PLAIN = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2010: "-", 0x2011: "-", 0x00AD: None}


def bag(text):
    """Words, lower case, without punctuation at their ends: where a word stands does not count."""
    words = unicodedata.normalize("NFKC", text or "").translate(_PLAIN).lower().split()
    return Counter(filter(None, (re.sub(r"^\W+|\W+$", "", word) for word in words)))


def bow_f1(pairs):
    """Over all pages together: (what was read, what stands there)."""
    hit = read = there = 0
    for hypothesis, truth in pairs:
        h, t = bag(hypothesis), bag(truth)
        hit, read, there = hit + sum((h & t).values()), read + sum(h.values()), there + sum(t.values())
    return 2 * hit / (read + there) if read + there else 0.0


def table(headings, rows):
    cells = [headings, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    for number, row in enumerate(cells):
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"cpu": model, "processors": os.cpu_count(), "load_at_start": os.getloadavg()[0]}
