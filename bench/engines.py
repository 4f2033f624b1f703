"""scripts/bench engines: reading of whole pages by our own recogniser and by a resident Tesseract, layout included, at one resolution.

Both read the same cleaned images, page by page in turn in one process: processor time a page, ratio, bag-of-words F1 against the truth. Then
each reads them alone in a process of its own, which tells the memory it takes beyond the images. Pages as in scripts/bench pages, clean set.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import common
import pages


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench engines", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=14, metavar="N", help="drawn pages (14); real scans come on top where they are there")
    parser.add_argument("--part", choices=["tune", "held"], default="held", help="as in scripts/bench pages (held)")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def run(program, which, files):
    out = subprocess.run([program, which, *files], capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout
    *rows, whole = [json.loads(line) for line in out.splitlines()]
    return rows, whole["peak_mb"]


def main():
    options = arguments()
    program = common.built("engines")
    common.built("pages")
    with tempfile.TemporaryDirectory(prefix="chartscan-bench-") as scratch:
        folder = pathlib.Path(scratch)
        truth = pages.draw(folder / "pages", options.part, options.pages, "none", folder)
        files = [str(folder / "pages" / page["file"]) for page in truth]
        rows, _ = run(program, "both", files)
        images = run(program, "none", files)[1]
        memory = {name: run(program, name, files)[1] - images for name in ("batched", "tesseract")}
    result = {"pages": len(files), "part": options.part, "engines": {}}
    for name in ("tesseract", "batched"):
        result["engines"][name] = {"ms_per_page": sum(row[name]["ms"] for row in rows) / len(rows), "mb_beyond_images": memory[name],
                                   "f1": common.bow_f1([(row[name]["text"], page["text"]) for row, page in zip(rows, truth)])}
    ratio = result["engines"]["tesseract"]["ms_per_page"] / result["engines"]["batched"]["ms_per_page"]
    result["ratio"] = ratio
    print(f"{len(files)} pages ({options.part}), cleaned, at 200 dpi at most")
    common.table(["engine", "CPU-ms a page", "bag-of-words F1", "MB beyond the images"],
                 [[name, f"{one['ms_per_page']:.0f}", f"{one['f1']:.4f}", f"{one['mb_beyond_images']:.0f}"] for name, one in result["engines"].items()])
    print(f"\nTesseract takes {ratio:.2f} times our processor time")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machine": common.machine(), **result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
