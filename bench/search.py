"""scripts/bench search: durable indexing and questions, beside SQLite FTS5, Xapian 1.4 and Lucene 8 on the same pages in one run.

Ours goes through the product's library (bench/search.cpp): page record, text, boxes and postings of a page in one synced write, then a batch's
documents with their charts; a question is parsed, planned and answered from the archive. The peers get text and fields only, with the settings named
at the head of bench/search_*.cpp and bench/SearchLucene.java. Answers are the 20 best pages without snippets; questions ask for words as written,
because the peers know no other (`tolerant` is the product's default, `shown` adds record, snippet and boxes of each page). Times are processor time
of the asking thread, for each question the least of all passes (so our lists of its words are in memory: indexer/list_cache.h); peers and we take
turns. Words broken by a hyphen over a line's end are found whole by us only: the peers are given them once more at the end of their page, so that
counts can be held against each other.

pages.tsv and queries.tsv are what the corpus tool writes; without --corpus they are made with it (CHARTSCAN_CORPUS_TOOL, else ../shared/tools/search_corpus.py).
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import common

TOOL = pathlib.Path(os.environ.get("CHARTSCAN_CORPUS_TOOL", common.TOP / "../shared/tools/search_corpus.py"))
NOTES = pathlib.Path(os.environ.get("CHARTSCAN_DATA", common.TOP / "../shared/data")) / "mtsamples_dev.csv"
PEERS = ["fts5", "xapian", "lucene"]
KINDS = ["common", "rare", "and2", "or3", "phrase", "prefix", "fuzzy", "fmrn", "fdoctype", "fdate"]
RECORDS = {"default", "meta", "batch", "page", "text", "document", "chart", "patient", "blob", "encounter", "audit"}  # column families that are no index
DAMAGE = {"o": "0", "0": "o", "l": "1", "1": "l", "i": "l", "s": "5", "5": "s", "b": "6", "g": "9", "z": "2", "e": "c", "c": "e", "n": "u", "u": "n",
          "h": "b", "a": "o", "t": "f", "f": "t", "m": "rn", "w": "vv", "d": "cl", "r": "i", "v": "y", "y": "v"}


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, metavar="FILE", help="pages.tsv (else made)")
    parser.add_argument("--queries", type=pathlib.Path, metavar="FILE", help="queries.tsv (else made from the corpus)")
    parser.add_argument("--pages", type=int, metavar="N", help="so many pages of it (all; 200000 where it is made)")
    parser.add_argument("--peers", default=",".join(PEERS), help="of fts5,xapian,lucene (all); none = ours alone")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="how often engines take turns at the questions (2)")
    parser.add_argument("--group", type=int, default=256, metavar="N", help="pages a synced write of ours (256; the runner takes up to 16)")
    parser.add_argument("--cold", action="store_true", help="also the first asking by a fresh process, its files evicted from the page cache")
    parser.add_argument("--growth", type=int, metavar="N", help="also the same questions to so many pages made with the tool, ours alone (2000000 takes 10 minutes)")
    parser.add_argument("--recall-pages", type=int, default=20000, metavar="N", help="pages damaged to measure recall (20000; 0 = leave out)")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave corpus and indexes there, and take up those that are there")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def tool(*words):
    subprocess.run([sys.executable, str(TOOL), *map(str, words)], check=True, stdout=sys.stderr)


def made_pages(count, scratch):
    corpus = scratch / f"pages-{count}.tsv"
    if corpus.is_file():
        return corpus
    if not TOOL.is_file() or not NOTES.is_file():
        sys.exit(f"bench search: give --corpus and --queries; {TOOL} or {NOTES} is not there to make them with")
    tool("extract", "--csv", NOTES, "--out", scratch / "paras.tsv")
    tool("corpus", "--paras", scratch / "paras.tsv", "--out", corpus, "--pages", count)
    return corpus


def make_corpus(options, scratch):
    """(pages.tsv, queries.tsv, number of pages)"""
    corpus, queries = options.corpus, options.queries
    if not corpus:
        corpus = made_pages(options.pages or 200000, scratch)
    elif options.pages:
        cut = scratch / f"pages-first-{options.pages}.tsv"
        with open(corpus, encoding="ascii") as whole, open(cut, "w", encoding="ascii") as out:
            out.writelines(line for line, _ in zip(whole, range(options.pages)))
        corpus = cut
    if not queries:
        queries = scratch / f"queries-{corpus.stem}.tsv"
        tool("queries", "--corpus", corpus, "--out", queries)
    with open(corpus, "rb") as lines:
        return corpus, queries, sum(1 for _ in lines)


def with_joined_words(corpus, scratch):
    """The corpus as the peers get it."""
    rows = subprocess.run([common.built("search"), "joined", "--corpus", corpus], check=True, capture_output=True, text=True).stdout.splitlines()
    if not rows:
        return corpus
    joined = dict(row.split("\t") for row in rows)
    out = scratch / f"peers-{corpus.name}"
    with open(corpus, encoding="ascii") as pages, open(out, "w", encoding="ascii") as copy:
        for line in pages:
            words = joined.get(line.split("\t", 1)[0])
            copy.write(line if not words else line.rstrip("\n") + "\x0b| " + words + "\n")
    return out


def lucene():
    jars = sorted(str(jar) for name in ("core", "analyzers-common") for jar in pathlib.Path("/usr/share/java").glob(f"lucene-{name}-8*.jar"))
    source = common.TOP / "bench" / "SearchLucene.java"
    classes = common.CHARTSCAN.parent / "bench-lucene"
    path = ":".join([*jars, str(classes)])
    classes.mkdir(exist_ok=True)
    subprocess.run(["javac", "-nowarn", "-cp", path, "-d", str(classes), str(source)], check=True)
    return ["java", "-Xmx2g", "-cp", path, "SearchLucene"]


def program(engine):
    if engine == "lucene":
        return lucene()
    return [common.built("search" if engine == "ours" else f"search_{engine}")]


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def our_bytes(command, index):
    """Bytes of each column family; those of the index together."""
    out = subprocess.run([*command, "bytes", "--index", index], check=True, capture_output=True, text=True).stdout
    families = {name: int(size) for name, size, _ in (line.split("\t") for line in out.splitlines())}
    return families, sum(size for name, size in families.items() if name.lower() not in RECORDS)


def build_index(engine, command, corpus, pages, index, options):
    if index.is_dir() and options.keep:
        figures = json.loads((index.parent / f"{index.name}.json").read_text())
        return figures
    index.mkdir(parents=True)
    more = ["--group", options.group] if engine == "ours" else []
    ran = common.measured([*command, "index", "--corpus", corpus, "--out", index, *more])
    if ran.exit_code:
        sys.exit(f"bench search: {engine} could not index\n{ran.stderr[-2000:]}")
    figures = {"index": {"pages_per_cpu_s": pages / ran.cpu_s, "pages_per_s": pages / ran.wall_s, "peak_mb": ran.peak_rss_mb, "bytes_per_page": size_of(index) / pages}}
    if engine == "ours":
        families, own = our_bytes(command, index)
        parts = json.loads(ran.stdout)
        figures["index"] |= {"bytes_per_page": own / pages, "archive_bytes_per_page": size_of(index) / pages, "closing_share": parts["closing_cpu_s"] / parts["cpu_s"],
                             "bytes_per_page_by_family": {name: size / pages for name, size in families.items()}}
    (index.parent / f"{index.name}.json").write_text(json.dumps(figures))
    return figures


def asked(command, index, queries, *more):
    """{number: (hits, microseconds of processor time, on the clock, scores)}"""
    ran = subprocess.run([str(word) for word in [*command, "query", "--index", index, "--queries", queries, *more]], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"bench search: {command[0]} could not answer\n{ran.stderr[-2000:]}")
    answers = {}
    for line in ran.stdout.splitlines():
        number, count, cpu, wall, scores = line.split("\t")
        answers[number] = (int(count), float(cpu), float(wall), [float(score) for score in scores.split(",") if score])
    return answers


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(times):
    return {"p50_us": percentile(times, 0.5), "p99_us": percentile(times, 0.99), "queries_per_core_s": 1e6 * len(times) / sum(times)}


def by_kind(kinds, times):
    figures = {kind: spread([times[number] for number in times if kinds[number] == kind]) for kind in KINDS if kind in kinds.values()}
    return figures | {"all": spread(list(times.values()))}


def evict(folder):
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def damaged(line, dice):
    """5 % of the letters and digits exchanged as scanners do; what has no usual confusion becomes any letter."""
    head, _, text = line.rpartition("\t")
    return head + "\t" + "".join(DAMAGE.get(c.lower()) or dice.choice("abcdefghijklmnopqrstuvwxyz") if c.isalnum() and dice.random() < 0.05 else c for c in text)


def recall(command, corpus, queries, count, scratch):
    clean, worse = scratch / "recall-clean.tsv", scratch / "recall-damaged.tsv"
    dice = random.Random(5)
    with open(corpus, encoding="ascii") as pages, open(clean, "w", encoding="ascii") as kept, open(worse, "w", encoding="ascii") as out:
        for line, _ in zip(pages, range(count)):
            kept.write(line)
            out.write(damaged(line.rstrip("\n"), dice) + "\n")
    index = scratch / "recall-index"
    if not index.is_dir():
        subprocess.run([*command, "index", "--corpus", worse, "--out", index], check=True, capture_output=True)
    out = subprocess.run([*command, "recall", "--index", index, "--clean", clean, "--queries", queries], check=True, capture_output=True, text=True).stdout
    return {row.pop("mode"): row for row in map(json.loads, out.splitlines())}


def grown(options, command, kinds, queries, scratch):
    """The same questions to a larger archive."""
    corpus = made_pages(options.growth, scratch)
    index = scratch / f"index-ours-{corpus.stem}"
    figures = {"pages": options.growth} | build_index("ours", command, corpus, options.growth, index, options)
    times = {}
    for _ in range(options.rounds):
        for number, (_, cpu, _, _) in asked(command, index, queries).items():
            times[number] = min(cpu, times.get(number, cpu))
    return figures | by_kind(kinds, times)


def exactness(best, exhaustive, counted, fts5):
    alike = lambda a, b: len(a) == len(b) and all(abs(x - y) <= 1e-5 * max(1, abs(x)) for x, y in zip(a, b))
    wrong = [number for number in best if not alike(best[number][3], exhaustive[number][3])]
    miscounted = [number for number in counted if fts5 and counted[number][0] != fts5[number][0]]
    return {"count_mismatches": len(miscounted) if fts5 else None, "topk_mismatches": len(wrong), "miscounted": miscounted[:20], "misranked": wrong[:20]}


def show(result, engines):
    print(f"{result['pages']} pages, {result['questions']} questions; {result['machine']['cpu']}, load {result['machine']['load_at_start']:.1f}\n")
    common.table(["durable indexing", "pages/CPU-s", "pages/s", "peak MB", "index bytes/page"],
                 [[e, *(f"{result[e]['index'][key]:.0f}" for key in ("pages_per_cpu_s", "pages_per_s", "peak_mb", "bytes_per_page"))] for e in engines])
    for title, part in [("warm", None), ("cold", "cold")]:
        rows = []
        for kind in [*KINDS, "all"]:
            cells = [result[e] if not part else result[e].get(part, {}) for e in engines]
            if any(kind not in cell for cell in cells):
                continue
            ours, peers = cells[0][kind], [cell[kind] for cell in cells[1:]]
            ratio = [f"{min(peer[key] for peer in peers) / ours[key]:.2f}" for key in ("p50_us", "p99_us")] if peers else ["", ""]
            rows.append([kind, *(f"{cell[kind]['p50_us']:.0f} / {cell[kind]['p99_us']:.0f}" for cell in cells), " / ".join(ratio)])
        if rows:
            print()
            common.table([f"p50 / p99 us, {title}", *engines, "best peer / ours"], rows)
    print("\nquestions a core-second: " + ", ".join(f"{e} {result[e]['all']['queries_per_core_s']:.0f}" for e in engines))
    for mode in ("shown", "tolerant", "facets"):
        print(f"ours, {mode}: p50 {result['ours'][mode]['all']['p50_us']:.0f}, p99 {result['ours'][mode]['all']['p99_us']:.0f} us")
    exact = result["exact"]
    print(f"hit counts that differ from FTS5's: {exact['count_mismatches']}; pruned best lists that differ from exhaustive ones: {exact['topk_mismatches']}")
    if "growth" in result:
        larger = result["growth"]
        print(f"\n{larger['pages']} pages, ours: {larger['index']['pages_per_cpu_s']:.0f} pages a CPU-s, peak {larger['index']['peak_mb']:.0f} MB, "
              f"{larger['index']['bytes_per_page']:.0f} index bytes a page")
        common.table([f"p50 / p99 us, {larger['pages']} pages", "ours", "times as long"],
                     [[kind, f"{larger[kind]['p50_us']:.0f} / {larger[kind]['p99_us']:.0f}",
                       " / ".join(f"{larger[kind][key] / result['ours'][kind][key]:.2f}" for key in ("p50_us", "p99_us"))] for kind in [*KINDS, "all"] if kind in larger])
    for mode, row in result.get("recall", {}).items():
        print(f"5 % of characters damaged, {mode}: recall {row['recall']:.4f} over {row['questions']} questions of two words "
              f"({row['recall_of_pages']:.4f} of pages), precision {row['precision_of_pages']:.3f}")


def main():
    options = arguments()
    peers = [] if options.peers == "none" else options.peers.split(",")
    engines = ["ours", *peers]
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        scratch = options.keep or pathlib.Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        commands = {engine: program(engine) for engine in engines}
        corpus, queries, pages = make_corpus(options, scratch)
        kinds = {row[0]: row[1] for row in (line.split("\t") for line in queries.read_text().splitlines())}
        result = {"machine": common.machine(), "pages": pages, "questions": len(kinds), "corpus": str(corpus), "group": options.group}
        peers_corpus = with_joined_words(corpus, scratch) if peers else corpus
        index = {engine: scratch / f"index-{engine}-{corpus.stem}" for engine in engines}
        for engine in engines:
            result[engine] = build_index(engine, commands[engine], corpus if engine == "ours" else peers_corpus, pages, index[engine], options)

        times, counted, best = {engine: {} for engine in engines}, {}, None
        for turn in range(options.rounds):
            for engine in engines:
                more = ["--warm", 6 if engine == "lucene" else 1, *(["--count"] if turn == 0 else [])]
                answers = asked(commands[engine], index[engine], queries, *more)
                if turn == 0:
                    counted[engine] = answers
                best = answers if engine == "ours" else best
                for number, (_, cpu, _, _) in answers.items():
                    times[engine][number] = min(cpu, times[engine].get(number, cpu))
        for engine in engines:
            result[engine] |= by_kind(kinds, times[engine])
        if options.growth:
            result["growth"] = grown(options, commands["ours"], kinds, queries, scratch)
        for mode in ("shown", "tolerant", "facets"):
            answers = asked(commands["ours"], index["ours"], queries, "--mode", mode)
            result["ours"][mode] = by_kind(kinds, {number: answer[1] for number, answer in answers.items()})
        exhaustive = asked(commands["ours"], index["ours"], queries, "--mode", "exhaustive", "--warm", 0, "--timed", 1)
        result["exact"] = exactness(best, exhaustive, counted["ours"], counted.get("fts5"))
        result["hits"] = {engine: sum(max(0, answer[0]) for answer in counted[engine].values()) for engine in engines}
        if options.cold:
            for engine in engines:
                evict(index[engine])
                answers = asked(commands[engine], index[engine], queries, "--warm", 0, "--timed", 1)
                result[engine]["cold"] = by_kind(kinds, {number: answer[1] for number, answer in answers.items()})
                result[engine]["cold_on_the_clock"] = by_kind(kinds, {number: answer[2] for number, answer in answers.items()})
        if options.recall_pages:
            result["recall"] = recall(commands["ours"], corpus, queries, options.recall_pages, scratch)
        show(result, engines)
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
