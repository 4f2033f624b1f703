"""scripts/bench crash: kill -9 chartscan ingest at random moments, again and again, and hold what comes of it against an
undisturbed run: every page, document, link and search hit must be equal, and verify must find nothing.

An archive is killed until an ingest gets through; then it is compared and the next archive begins, until the kills are used up.
"""
import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench crash", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, metavar="N")
    parser.add_argument("--input", nargs="+", metavar="PATH", default=[str(common.TOP / "samples")], help="files and folders (samples/)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="of the moments; 0 = another one each time, which is printed")
    parser.add_argument("--per-archive", type=int, default=10, metavar="N", help="about so many kills before an archive is whole")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def command(options, archive):
    return [str(common.CHARTSCAN), "ingest", *options.input, "--archive", str(archive), "--jobs", str(options.jobs)]


def new_archive(options, archive):
    shutil.rmtree(archive, ignore_errors=True)
    for path in options.input:
        patients = pathlib.Path(path) / "patients.csv"
        if patients.is_file():
            common.chartscan("patients", "import", patients, archive=archive, check=(0, 1, 3))


def hit_list(archive, query):
    """Pages and boxes in order of rank."""
    answer = json.loads(common.chartscan("search", query, "--limit", "1000", "--json", archive=archive))
    hits = answer if isinstance(answer, list) else next((answer[key] for key in ("hits", "rows", "items", "results") if key in answer), answer)
    return json.dumps(hits, sort_keys=True)


def queries(pages, truth):
    """Terms that the truth wants found; without truth, words of the pages themselves."""
    terms = sorted({term for page in truth.values() for term in page.get("search_terms", [])})
    words = sorted({word for page in pages for word in (page["text"] or "").split() if word.isalpha() and len(word) > 4})
    chosen = random.Random(1)
    terms = chosen.sample(terms, min(40, len(terms))) + chosen.sample(words, min(20, len(words)))
    return [f'"{term}"' if " " in term else term for term in terms]


def state_of(archive, asked):
    """Everything that must not depend on crashes. None of it holds a time."""
    pages = common.exported_pages(archive)
    return {"pages": {page["page_id"]: page for page in pages}, "order": [page["page_id"] for page in pages],
            "documents": sorted({(page["document_id"], page["doc_type"], page["mrn"], page["link_status"]) for page in pages if page["document_id"]}),
            "hits": {query: hit_list(archive, query) for query in asked}}


def differences(state, reference):
    """Counts by kind, and one line for the first of each."""
    odd = [page for page in reference["pages"] if state["pages"].get(page) != reference["pages"][page]]
    extra = [page for page in state["pages"] if page not in reference["pages"]]
    documents = set(state["documents"]) ^ set(reference["documents"])
    hits = [query for query in reference["hits"] if state["hits"][query] != reference["hits"][query]]
    counts = {"pages": len(odd) + len(extra) + (state["order"] != reference["order"] and not odd and not extra),
              "documents": len(documents), "searches": len(hits)}
    told = []
    for page in odd[:1]:
        is_there = state["pages"].get(page)
        fields = [name for name, value in reference["pages"][page].items() if is_there and is_there.get(name) != value]
        told.append(f"page {page}: {'differs in ' + ', '.join(fields) if is_there else 'is missing'}")
    told += [f"page {page}: is there twice or should not be" for page in extra[:1]]
    told += [f"document {document[0]} differs" for document in sorted(documents)[:1]]
    return counts, told


def ended(process, seconds):
    """Waits; the exit code, or None when it still runs."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def disturb(options, archive, kills_left, span, chance):
    """Kills ingest until it gets through. Returns how often."""
    kills = 0
    while True:
        complaints = tempfile.TemporaryFile("w+")
        process = subprocess.Popen(command(options, archive), stdout=subprocess.DEVNULL, stderr=complaints, text=True)
        limit = chance.uniform(0.02, span) if kills < kills_left else 3600
        code = ended(process, limit)
        if code is None and kills < kills_left:
            process.send_signal(signal.SIGKILL)
            kills += 1
        code = process.wait()
        complaints.seek(0)
        complaint = complaints.read()
        complaints.close()
        if code == -signal.SIGKILL:
            continue
        if code not in (0, 1, 3):
            sys.exit(f"after {kills} kills ingest ended with exit code {code}; the archive is left in {archive}\n{complaint[-2000:]}")
        return kills


def verify(archive):
    ran = subprocess.run([str(common.CHARTSCAN), "verify", "--archive", str(archive)], capture_output=True, text=True)
    return ran.returncode == 0, (ran.stdout + ran.stderr).strip()


def main():
    options = arguments()
    seed = options.seed or random.SystemRandom().randrange(1, 1_000_000)
    chance = random.Random(seed)
    print(f"seed {seed}", file=sys.stderr)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="chartscan-crash-"))
    rows, kills, bad = [], 0, 0

    reference_archive = folder / "undisturbed"
    new_archive(options, reference_archive)
    began = time.monotonic()
    if disturb(options, reference_archive, 0, 0, chance):
        sys.exit("the undisturbed run was disturbed")
    seconds = time.monotonic() - began
    truth = common.read_truth(options.input)
    asked = queries(common.exported_pages(reference_archive), truth)
    reference = state_of(reference_archive, asked)
    print(f"undisturbed: {len(reference['pages'])} pages, {len(reference['documents'])} documents, {len(asked)} searches, {seconds:.0f} s", file=sys.stderr)

    while kills < options.kills:
        archive = folder / f"killed-{len(rows) + 1}"
        new_archive(options, archive)
        wanted = min(options.per_archive, options.kills - kills)
        done = disturb(options, archive, wanted, 2 * seconds / options.per_archive, chance)
        kills += done
        counts, told = differences(state_of(archive, asked), reference)
        clean, words = verify(archive)
        good = clean and not any(counts.values())
        bad += not good
        rows.append([f"archive {len(rows) + 1}", done, counts["pages"], counts["documents"], counts["searches"], "clean" if clean else "FAULTS"])
        print(f"archive {len(rows)}: {done} kills, {'equal' if good else 'DIFFERENT'} ({kills} of {options.kills})", file=sys.stderr)
        for line in told + ([] if clean else [words[-1000:]]):
            print(f"  {line}", file=sys.stderr)
        if good:
            shutil.rmtree(archive)

    common.table(["", "kills", "pages differing", "documents differing", "searches differing", "verify"], rows)
    print(f"{kills} kills in {len(rows)} archives of {len(reference['pages'])} pages: {bad} archives differ (seed {seed})")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), "seed": seed, "kills": kills, "archives": len(rows),
                                                          "pages": len(reference["pages"]), "searches": len(asked), "different": bad}, indent=1) + "\n")
    if bad:
        sys.exit(f"the archives that differ are left in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
