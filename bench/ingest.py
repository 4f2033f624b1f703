"""scripts/bench ingest: chartscan ingest beside ocrmypdf --deskew --rotate-pages --clean on the same pages, in one run.

CPU-seconds a page are the result: user and system time of the whole process tree, so that neither parallelism nor helper
programs hide anything. The peer gets every page in one PDF, made losslessly and not timed. Both keep their text, which is
scored as a bag of words where the truth is known. Then the memory of a small and a large batch of the same pages.
"""
import argparse
import json
import multiprocessing
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

import common

PEER = ["--deskew", "--rotate-pages", "--clean"]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", nargs="+", metavar="PATH", default=[str(common.TOP / "samples")], help="files and folders (samples/)")
    parser.add_argument("--pages", type=int, default=0, metavar="N", help="only the first N pages, which both then get as one PDF; 0 = all, ours as given")
    parser.add_argument("--truth", metavar="FILE", help="truth.jsonl with file, page_index, text (else the one in the input folder)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="alternating runs of both; medians are reported")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="page workers of both")
    parser.add_argument("--no-peer", action="store_true", help="measure chartscan only")
    parser.add_argument("--memory", default="100,1000", metavar="A,B", help="batch sizes whose peak memory is compared; 0 = skip")
    parser.add_argument("--keep", metavar="DIR", help="where the texts of both are left: ours/NNNN.txt, ocrmypdf/NNNN.txt, pages.json")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


# --- the pages, as both get them ---------------------------------------------------------------------------------------

def frames_of(file):
    from PIL import Image, ImageSequence
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(file) as image:
        for frame in ImageSequence.Iterator(image):
            yield frame.copy() if frame.mode in ("1", "L", "RGB") else frame.convert("RGB")


def pdf_of(file):
    """The file's pages as a PDF without loss: coded data is passed on where PDF knows the coding."""
    import io
    import img2pdf
    try:
        return img2pdf.convert(str(file))
    except Exception:  # codings that img2pdf will not touch
        pages = []
        for frame in frames_of(file):
            png = io.BytesIO()
            frame.save(png, "PNG", dpi=frame.info.get("dpi", (200, 200)))
            pages.append(png.getvalue())
        return img2pdf.convert(pages)


def combine(files, most, out_pdf):
    """One PDF of all readable pages for the peer. Returns [(file, page index)] in its order, and what could not be read."""
    import io
    import pikepdf
    pages, unreadable = [], []
    with pikepdf.new() as combined:
        for file in files:
            try:
                source = pikepdf.open(file) if file.suffix.lower() == ".pdf" else pikepdf.open(io.BytesIO(pdf_of(file)))
                with source:
                    count = len(source.pages)
                    wanted = count if most <= 0 else min(count, most - len(pages))
                    combined.pages.extend(list(source.pages)[:wanted])
                    pages += [(str(file.resolve()), index) for index in range(wanted)]
            except Exception as fault:
                unreadable.append(f"{file}: {fault}")
            if 0 < most <= len(pages):
                break
        combined.save(out_pdf)
    return pages, unreadable


def in_child(function, *values):
    """Runs in a process of its own: the memory it takes must not count as ours when we start what we measure."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, values)


def our_input(options, pages, pdf, scratch):
    """The paths chartscan gets: what was given, or, when only some pages are wanted, the same PDF as the peer."""
    if options.pages <= 0:
        return options.input, pages
    return [str(pdf)], [(str(pdf.resolve()), index) for index in range(len(pages))]


# --- the two programs --------------------------------------------------------------------------------------------------

def ingest(paths, archive, jobs, patients=None):
    shutil.rmtree(archive, ignore_errors=True)
    if patients:
        common.chartscan("patients", "import", patients, archive=archive, check=(0, 1, 3))
    run = common.measured([common.CHARTSCAN, "ingest", *paths, "--archive", archive, "--jobs", jobs])
    if run.exit_code not in (0, 1, 3):
        sys.exit(f"chartscan ingest: exit code {run.exit_code}\n{run.stderr[-2000:]}")
    return run


def has_text(pdf):
    return bool(subprocess.run(["pdftotext", pdf, "-"], capture_output=True).stdout.strip())


def run_peer(pdf, scratch, jobs):
    sidecar, out = scratch / "peer.txt", scratch / "peer.pdf"
    force = ["--force-ocr"] if has_text(pdf) else []  # else it refuses pages that carry text already
    run = common.measured(["ocrmypdf", *PEER, *force, "--jobs", jobs, "--sidecar", sidecar, pdf, out])
    if run.exit_code != 0:
        sys.exit(f"ocrmypdf: exit code {run.exit_code}\n{run.stderr[-2000:]}")
    return run, sidecar.read_text(errors="replace").split("\f"), out.stat().st_size


def our_texts(archive, paths, keys):
    read = {(common.resolve(page["file"], paths), page["page_index"]): page["text"] or "" for page in common.exported_pages(archive)}
    return [read.get(key, "") for key in keys]


# --- memory ------------------------------------------------------------------------------------------------------------

def write_batch(files, count, out):
    """A TIFF of `count` pages: the input's pages again and again, each a little turned and numbered, so that none is the same."""
    from PIL import Image, ImageDraw, TiffImagePlugin
    chance = random.Random(7)
    sources = [file for file in files if file.suffix.lower() != ".pdf"]
    made = 0
    with TiffImagePlugin.AppendingTiffWriter(out, True) as tiff:
        while made < count:
            before = made
            for file in sources:
                for frame in frames_of(file):
                    if made == count:
                        return
                    page = frame.convert("L").rotate(chance.uniform(-0.8, 0.8), resample=Image.BILINEAR, fillcolor=255)
                    ImageDraw.Draw(page).text((page.width // 2, page.height - 40), f"copy {made + 1}", fill=0)
                    page.save(tiff, format="TIFF", compression="tiff_lzw", dpi=frame.info.get("dpi", (200, 200)))
                    tiff.newFrame()
                    made += 1
            if made == before:
                raise RuntimeError("no image in the input to make a batch of")


def memory(files, sizes, scratch, jobs):
    """{pages: peak resident set in MB}"""
    peaks = {}
    for size in sizes:
        tiff = scratch / f"batch-{size}.tif"
        in_child(write_batch, files, size, str(tiff))
        run = ingest([tiff], scratch / f"memory-{size}", jobs)
        peaks[size] = run.peak_rss_mb
        print(f"memory: {size} pages, peak {run.peak_rss_mb:.0f} MB, {run.cpu_s / size:.2f} CPU-s/page", file=sys.stderr)
        shutil.rmtree(scratch / f"memory-{size}", ignore_errors=True)
        tiff.unlink()
    return peaks


# --- the report --------------------------------------------------------------------------------------------------------

def figures(runs, pages, f1):
    middle = lambda value: statistics.median(map(value, runs))
    return {"cpu_s_per_page": middle(lambda run: run.cpu_s) / pages, "pages_per_min": 60 * pages / middle(lambda run: run.wall_s),
            "peak_rss_mb": middle(lambda run: run.peak_rss_mb), "peak_pss_mb": middle(lambda run: run.peak_pss_mb), "bow_f1": f1,
            "rounds": [{"cpu_s": run.cpu_s, "wall_s": run.wall_s} for run in runs]}


def print_table(ours, peer):
    rows = [("CPU-s/page", "cpu_s_per_page", "{:.3f}"), ("pages/min (wall)", "pages_per_min", "{:.1f}"),
            ("peak memory, tree (MB, PSS)", "peak_pss_mb", "{:.0f}"), ("peak memory, process (MB)", "peak_rss_mb", "{:.0f}"),
            ("bag-of-words F1", "bow_f1", "{:.4f}")]
    show = lambda form, value: "-" if value is None else form.format(value)
    ratio = lambda name: "-" if not peer or not ours[name] or not peer[name] else f"{peer[name] / ours[name]:.2f}"
    common.table(["median", "chartscan", "ocrmypdf", "ocrmypdf / chartscan"],
                 [[label, show(form, ours[name]), show(form, peer[name]) if peer else "-", ratio(name)] for label, name, form in rows])


def keep_texts(folder, keys, texts):
    folder = pathlib.Path(folder)
    for who, pages in texts.items():
        (folder / who).mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(pages):
            (folder / who / f"{number:04}.txt").write_text(text)
    (folder / "pages.json").write_text(json.dumps([{"file": file, "page_index": index} for file, index in keys], indent=1))


def score(texts, keys, truth):
    known = [(text, truth[key].get("text", "")) for text, key in zip(texts, keys) if key in truth]
    return common.bow_f1(known) if known else None


def main():
    options = arguments()
    files = common.input_files(options.input)
    if not files:
        sys.exit(f"bench ingest: no scans below {' '.join(options.input)}")
    truth = common.read_truth(options.input, options.truth)
    patients = next((str(file) for file in (pathlib.Path(path) / "patients.csv" for path in options.input) if file.is_file()), None)
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as folder:
        scratch = pathlib.Path(folder)
        pdf = scratch / "pages.pdf"
        keys, unreadable = in_child(combine, files, options.pages, str(pdf))
        for line in unreadable:
            print(f"left out of both scores: {line}", file=sys.stderr)
        paths, our_keys = our_input(options, keys, pdf, scratch)

        our_runs, peer_runs, peer_texts = [], [], []
        for number in range(options.rounds):
            our_runs.append(ingest(paths, scratch / "archive", options.jobs, patients))
            print(f"round {number + 1}: chartscan {our_runs[-1].cpu_s:.1f} CPU-s", file=sys.stderr)
            if not options.no_peer:
                run, peer_texts, peer_bytes = run_peer(pdf, scratch, options.jobs)
                peer_runs.append(run)
                print(f"round {number + 1}: ocrmypdf {run.cpu_s:.1f} CPU-s", file=sys.stderr)

        texts = our_texts(scratch / "archive", paths, our_keys)
        ours = figures(our_runs, len(keys), score(texts, keys, truth))
        peer = figures(peer_runs, len(keys), score(peer_texts, keys, truth)) if peer_runs else None
        if options.keep:
            keep_texts(options.keep, keys, {"chartscan": texts, **({"ocrmypdf": peer_texts[:len(keys)]} if peer else {})})

        print(f"{len(keys)} pages, {options.rounds} rounds, --jobs {options.jobs}; {len(truth)} pages with truth")
        print_table(ours, peer)
        result = {"machine": common.machine(), "input": options.input, "pages": len(keys), "jobs": options.jobs, "ours": ours}
        if peer:
            result["ocrmypdf"] = {**peer, "command": PEER, "pdf_bytes": peer_bytes}
            result["cpu_ratio"] = peer["cpu_s_per_page"] / ours["cpu_s_per_page"]
        sizes = [int(size) for size in options.memory.split(",") if int(size) > 0]
        if sizes:
            peaks = memory(files, sizes, scratch, options.jobs)
            growth = peaks[sizes[-1]] / peaks[sizes[0]] - 1
            print(f"\npeak resident set by batch: " + ", ".join(f"{size} pages {mb:.0f} MB" for size, mb in peaks.items()) + f" ({growth:+.1%})")
            result["memory"] = {"peak_rss_mb": {str(size): mb for size, mb in peaks.items()}, "growth": growth}
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
