"""scripts/bench pdf: the searchable PDFs we export, held against the pages they were made of, and against ocrmypdf's of the same scans.

Drawn pages whose words and places are known (scripts/bench pages says how) are ingested and exported, and given to ocrmypdf --deskew
--rotate-pages --clean. Told are: what qpdf --check says; how many printed words pdftotext finds at their place (the same word, and half of
the smaller box inside the other); whether it gives our words in our order; and bytes a page, as scanned and small.
"""
import argparse
import difflib
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import common
import ingest
import pages

WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)</word>')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.S)


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench pdf", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=14, metavar="N", help="drawn pages (14)")
    parser.add_argument("--part", choices=["tune", "held"], default="held", help="as in scripts/bench pages (held)")
    parser.add_argument("--no-peer", action="store_true", help="measure chartscan only")
    parser.add_argument("--keep", metavar="DIR", help="leave pages and PDFs there")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def placed_words(pdf):
    """For each page its size and [(word, box)], points from the upper left corner."""
    out = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return [(float(width), float(height), [(html.unescape(word), tuple(map(float, box))) for *box, word in WORD.findall(body)])
            for width, height, body in PAGE.findall(out)]


def plain(word):
    return re.sub(r"^\W+|\W+$", "", word.lower())


def overlap(a, b):
    """Share of the smaller box that lies in the other."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(0, width) * max(0, height) / smaller if smaller > 0 else 0


def at_their_place(truth, page):
    """(printed words found at their place, printed words). A straightened page grows about its middle."""
    width, height, words = page
    left, top = (width - truth["paper"][0]) / 2, (height - truth["paper"][1]) / 2
    found = total = 0
    for word, x, y, w, h in truth["words"]:
        if not plain(word):
            continue
        total += 1
        box = (x + left, y + top, x + left + w, y + top + h)
        found += any(plain(other) == plain(word) and overlap(box, place) >= 0.5 for other, place in words)
    return found, total


def order(ours, raw):
    return difflib.SequenceMatcher(None, ours.split(), raw.split(), autojunk=False).ratio()


def check(pdf):
    ran = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True)
    return ran.returncode == 0 and "WARNING" not in ran.stdout + ran.stderr


def export(archive, document, images, out):
    common.chartscan("export", "pdf", "--document", document, "--images", images, "-o", out, archive=archive)
    return out


def main():
    options = arguments()
    common.built("pages")
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        scratch = pathlib.Path(options.keep or folder)
        scratch.mkdir(parents=True, exist_ok=True)
        truth = {page["file"]: page for page in pages.draw(scratch / "pages", options.part, options.pages, "none", scratch)}
        files = [scratch / "pages" / name for name in truth]
        ingest.ingest(files, scratch / "archive", 2)
        rows = common.exported_pages(scratch / "archive")
        documents = dict.fromkeys(page["document_id"] for page in rows)
        if None in documents:
            sys.exit("bench pdf: a page belongs to no document")

        sound, size, small, found, total, alike = True, 0, 0, 0, 0, []
        for document in documents:
            mine = [page for page in rows if page["document_id"] == document]
            pdf = export(scratch / "archive", document, "full", scratch / f"{document}.pdf")
            small_pdf = export(scratch / "archive", document, "small", scratch / f"{document}-small.pdf")
            sound = sound and check(pdf) and check(small_pdf)
            size, small = size + pdf.stat().st_size, small + small_pdf.stat().st_size
            raw = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\f")
            for number, (page, placed) in enumerate(zip(mine, placed_words(pdf))):
                alike.append(order(page["text"], raw[number]))
                known = truth[pathlib.Path(page["file"]).name]
                if known["words"]:
                    hit, of = at_their_place(known, placed)
                    found, total = found + hit, total + of

        count = len(files)
        result = {"pages": count, "part": options.part, "qpdf_clean": sound, "words_at_place": found / total, "order": min(alike),
                  "bytes_per_page": size / count, "small_bytes_per_page": small / count, "scan_bytes_per_page": sum(f.stat().st_size for f in files) / count}
        if not options.no_peer:
            pdf = scratch / "pages.pdf"
            ingest.in_child(ingest.combine, files, 0, str(pdf))
            subprocess.run(["ocrmypdf", *ingest.PEER, "--jobs", "2", str(pdf), str(scratch / "peer.pdf")], check=True, capture_output=True)
            hits = [at_their_place(known, placed) for known, placed in zip(truth.values(), placed_words(scratch / "peer.pdf")) if known["words"]]
            result["ocrmypdf"] = {"qpdf_clean": check(scratch / "peer.pdf"), "bytes_per_page": (scratch / "peer.pdf").stat().st_size / count,
                                  "words_at_place": sum(hit for hit, _ in hits) / sum(of for _, of in hits)}
            result["size_ratio"] = result["bytes_per_page"] / result["ocrmypdf"]["bytes_per_page"]

        print(f"{count} pages ({options.part}), {len(documents)} documents; scans of {result['scan_bytes_per_page'] / 1000:.0f} kB a page")
        show = lambda who: ["yes" if who["qpdf_clean"] else "NO", f"{who['words_at_place']:.4f}", f"{who['bytes_per_page'] / 1000:.0f}"]
        table = [["chartscan", *show(result)], ["chartscan --images small", "yes" if sound else "NO", "as above", f"{result['small_bytes_per_page'] / 1000:.0f}"]]
        if not options.no_peer:
            table.append(["ocrmypdf", *show(result["ocrmypdf"])])
        common.table(["", "qpdf --check clean", "words at their place", "kB a page"], table)
        print(f"\npdftotext gives our words in our order: {result['order']:.4f} on the worst page (1 = all of them)")
        if not options.no_peer:
            print(f"size against ocrmypdf: {result['size_ratio']:.2f}")
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), **result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
