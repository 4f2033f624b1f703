"""scripts/bench reading: in what order the words of clean pages come out, and how many of them, beside plain tesseract.

Order: the share of neighbouring words of the truth that are neighbours in what was read as well, by kind of page; words that were
misread count against it. Words: bag-of-words F1. The sets: office-like pages drawn to tune on and held out (bench pages), the real
scans with truth of CHARTSCAN_DATA or ../shared/data among them, and the samples, of which only words that stand there are known.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter

import common
import ingest
import pages


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench reading", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="tune,held,samples", metavar="LIST", help="of tune, held, samples")
    parser.add_argument("--count", type=int, default=14, metavar="N", help="drawn pages a set (14)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="page workers of chartscan")
    parser.add_argument("--no-peer", action="store_true", help="ours alone")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def plain_words(text):
    words = (re.sub(r"^\W+|\W+$", "", word) for word in (text or "").lower().split())
    return [word for word in words if word]


def neighbours(text):
    words = plain_words(text)
    return Counter(zip(words, words[1:]))


def order_share(pairs):
    """Over all pages together: (what was read, what stands there)."""
    kept = there = 0
    for read, truth in pairs:
        wanted = neighbours(truth)
        kept += sum((neighbours(read) & wanted).values())
        there += sum(wanted.values())
    return kept / there if there else 0.0


def measure(name, truth, texts):
    """{who: {kind: {order, f1}}} with all pages under 'all'."""
    kinds = [*dict.fromkeys(page["kind"] for page in truth), "all"]
    result = {}
    for who, read in texts.items():
        result[who] = {}
        for kind in kinds:
            pairs = [(text, page["text"]) for text, page in zip(read, truth) if kind in (page["kind"], "all")]
            result[who][kind] = {"order": order_share(pairs), "f1": common.bow_f1(pairs)}
    peers = [who for who in result if who != "chartscan"]
    print(f"\n{name}: {len(truth)} pages")
    common.table(["", "order", *(f"order, {who}" for who in peers), "F1", *(f"F1, {who}" for who in peers)],
                 [[kind, *(f"{result[who][kind]['order']:.4f}" for who in ("chartscan", *peers)),
                   *(f"{result[who][kind]['f1']:.4f}" for who in ("chartscan", *peers))] for kind in kinds])
    return result


def drawn(part, options, scratch):
    folder = scratch / part
    truth = pages.draw(folder, part, options.count, "none", scratch)
    files = [folder / page["file"] for page in truth]
    texts = {"chartscan": pages.ours(files, scratch, options.jobs)[1]}
    if not options.no_peer:
        texts["tesseract"] = pages.tesseract(files, scratch, options.jobs)[1]
    return truth, texts


def samples(options, scratch):
    """Ours alone: the peer would need the pages taken out of their files first (bench ingest does that)."""
    folder = common.TOP / "samples"
    known = common.read_truth([folder])
    keys = [key for key, page in known.items() if page.get("text")]
    ingest.ingest([folder], scratch / "archive", options.jobs)
    texts = ingest.our_texts(scratch / "archive", [folder], keys)
    return [{"kind": known[key].get("doc_type") or "other", "text": known[key]["text"]} for key in keys], {"chartscan": texts}


def main():
    options = arguments()
    common.built("pages")
    results = {}
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        scratch = pathlib.Path(folder)
        for name in options.sets.split(","):
            truth, texts = samples(options, scratch) if name == "samples" else drawn(name, options, scratch)
            results[name] = measure(name, truth, texts)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), **results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
