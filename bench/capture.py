"""scripts/bench capture: durable intake of 300 dpi Letter from the virtual feeder, and what kill -9 leaves of it.

Sides a second from the feeder into the archive, gray and bitonal, with recognition off and with page workers busy beside it;
bytes and syncs to disk a side. The peer is scanimage, which only writes the same sides to files and syncs nothing.
--kills N ends the program or its scanner's worker N times during duplex batches of 200 sheets and holds the outcome against an
undisturbed one (tests/e2e/capture_crash_test.cpp).
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import common

LETTER_300 = (2550, 3300)
OCR_BACKLOG = 12  # sides that wait when feeding begins, so that the workers are busy from its first second on


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench capture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", nargs="+", default=[str(common.TOP / "samples")], metavar="PATH", help="scans the sheets are made of (samples/)")
    parser.add_argument("--sides", type=int, default=120, metavar="N", help="sides a batch (120)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="batches of each kind, the median counts (3)")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="only this: N random kill -9")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def base_pages(paths, most):
    """Gray Letter pages at 300 dpi from whatever scans are given."""
    from PIL import Image, ImageSequence
    pages = []
    for file in common.input_files(paths):
        if pathlib.Path(file).suffix.lower() == ".pdf":
            continue
        with Image.open(file) as image:
            for frame in ImageSequence.Iterator(image):
                pages.append(frame.convert("L").resize(LETTER_300))
                if len(pages) == most:
                    return pages
    if not pages:
        sys.exit("no TIFF, PNG or JPEG among the input")
    return pages


def load_tray(tray, pages, sides, mode):
    """No two sides alike: equal ones would be stored once."""
    from PIL import ImageDraw
    shutil.rmtree(tray, ignore_errors=True)
    tray.mkdir(parents=True)
    for i in range(sides):
        page = pages[i % len(pages)].copy()
        ImageDraw.Draw(page).text((60, 40), f"side {i + 1} of {sides}", fill=0)
        face = "front" if i % 2 == 0 else "back"
        name = tray / f"{i // 2 + 1:04d}-{face}"
        if mode == "bitonal":
            page.point(lambda level: 255 if level > 150 else 0).convert("1").save(name.with_suffix(".pbm"), format="PPM")
        else:
            page.save(name.with_suffix(".pgm"), format="PPM")


def put_all_back(tray):
    for file in (tray / "out").glob("*"):
        file.rename(tray / file.name)


class World:
    """libsane with our virtual feeder and nothing else."""

    def __init__(self, folder):
        self.tray = folder / "tray"
        config = folder / "sane.d"
        config.mkdir()
        (config / "dll.conf").write_text("vadf\n")
        self.environment = dict(os.environ, SANE_CONFIG_DIR=str(config), LD_LIBRARY_PATH=str(common.CHARTSCAN.parent / "sane"))

    def scan_command(self, archive, mode, *more):
        return [str(common.CHARTSCAN), "scan", "--device", f"sane:vadf:{self.tray}", "--source", "adf-duplex", "--dpi", "300", "--mode", mode,
                "--size", "letter", "--archive", str(archive), "--json", *more]

    def scan(self, archive, mode, *more):
        put_all_back(self.tray)
        ran = subprocess.run(self.scan_command(archive, mode, *more), env=self.environment, capture_output=True, text=True)
        if ran.returncode:
            sys.exit(f"chartscan scan: exit code {ran.returncode}\n{ran.stdout[-1000:]}{ran.stderr[-2000:]}")
        return json.loads(ran.stdout)

    def scan_beside_reading(self, archive, mode):
        """Sides a second while page workers read; they are sent home when the feeder is empty."""
        put_all_back(self.tray)
        process = subprocess.Popen(self.scan_command(archive, mode), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and next(self.tray.glob("*-front.*"), None):
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        if process.returncode:
            sys.exit(f"chartscan scan: exit code {process.returncode}\n{err[-2000:]}")
        return json.loads(out)

    def scanimage(self, folder, mode):
        """The peer: the same sides as PNM files."""
        put_all_back(self.tray)
        folder.mkdir()
        began = time.monotonic()
        subprocess.run(["scanimage", "-d", f"vadf:{self.tray}", "--source", "ADF Duplex", "--mode", {"gray": "Gray", "bitonal": "Lineart"}[mode],
                        "--resolution", "300", "-x", "215.9", "-y", "279.4", "--format=pnm", f"--batch={folder}/%04d.pnm"],
                       env=self.environment, capture_output=True, check=False)
        seconds = time.monotonic() - began
        written = list(folder.glob("*.pnm"))
        size = sum(file.stat().st_size for file in written)
        shutil.rmtree(folder)
        return len(written) / seconds, size / max(1, len(written))

    def syncs(self, archive, mode):
        """Counted by the kernel's own interface."""
        put_all_back(self.tray)
        log = archive.parent / "syncs"
        command = ["strace", "-f", "-c", "-o", str(log), "-e", "trace=fsync,fdatasync,msync,sync_file_range,syncfs",
                   *self.scan_command(archive, mode, "--no-read")]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if ran.returncode:
            return None
        calls = sum(int(match[1]) for match in re.finditer(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+\w+$", log.read_text(), re.M)
                    if not match[0].rstrip().endswith("total"))
        return calls / json.loads(ran.stdout)["sides_now"]


def median(values):
    return sorted(values)[len(values) // 2]


def pack_bytes(archive):
    return sum(file.stat().st_size for file in (archive / "packs").glob("*.pack"))


def measure(world, folder, options, mode):
    rates, peers, peer_bytes = [], [], 0
    archive = folder / f"{mode}-0"
    for turn in range(options.rounds):
        archive = folder / f"{mode}-{turn}"
        report = world.scan(archive, mode, "--no-read")
        if report["sides_now"] != options.sides:
            sys.exit(f"{report['sides_now']} sides came, {options.sides} lay in the tray")
        rates.append(report["sides_now"] / report["feeding_seconds"])
        stored = pack_bytes(archive) / options.sides
        common.chartscan("verify", archive=archive)
        shutil.rmtree(archive)
        if shutil.which("scanimage"):
            peer, peer_bytes = world.scanimage(folder / "peer", mode)
            peers.append(peer)
        print(f"{mode}: {rates[-1]:.1f} sides/s", file=sys.stderr)
    syncs = world.syncs(folder / f"{mode}-syncs", mode)
    shutil.rmtree(folder / f"{mode}-syncs", ignore_errors=True)
    beside = folder / f"{mode}-beside"
    figures = {"sides_per_s": median(rates), "bytes_per_side": stored, "syncs_per_side": syncs,
               "peer_sides_per_s": median(peers) if peers else None, "peer_bytes_per_side": peer_bytes or None}
    rates = []
    for turn in range(options.rounds):
        with_backlog(world, beside, options)
        report = world.scan_beside_reading(beside, mode)
        rates.append(report["sides_now"] / report["feeding_seconds"])
        print(f"{mode} beside recognition: {rates[-1]:.1f} sides/s, {report['pages_read']} pages read", file=sys.stderr)
        shutil.rmtree(beside)
    figures["beside_reading_sides_per_s"] = median(rates)
    return figures


def with_backlog(world, archive, options):
    """An archive in which sides wait, from a stopped reading of files."""
    small = world.tray.parent / "backlog"
    if not small.exists():
        from PIL import ImageDraw
        small.mkdir()
        for i, page in enumerate(base_pages(options.input, OCR_BACKLOG)):
            ImageDraw.Draw(page).text((60, 40), f"backlog {i}", fill=0)
            page.save(small / f"{i:03d}.png", dpi=(300, 300))
    hot = world.tray.parent / "hot"
    shutil.rmtree(hot, ignore_errors=True)
    shutil.copytree(small, hot / "backlog")
    common.chartscan("watch", hot, "--once", "--quiet", "0", "--no-read", archive=archive)


def kills(options):
    build = common.CHARTSCAN.parent
    subprocess.run(["cmake", "--build", str(build), "--target", "test_e2e"], check=True, stdout=sys.stderr)
    return subprocess.run([str(build / "tests" / "test_e2e"), "[capture]"], env=dict(os.environ, CHARTSCAN_CAPTURE_KILLS=str(options.kills)),
                          check=False).returncode


def main():
    options = arguments()
    if options.kills:
        return kills(options)
    options.sides += options.sides % 2
    subprocess.run(["cmake", "--build", str(common.CHARTSCAN.parent), "--target", "sane-vadf"], check=True, stdout=sys.stderr)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="chartscan-capture-"))
    try:
        world = World(folder)
        pages = base_pages(options.input, 24)
        figures = {"machine": common.machine(), "sides": options.sides}
        for mode in ("gray", "bitonal"):
            load_tray(world.tray, pages, options.sides, mode)
            figures[mode] = measure(world, folder, options, mode)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    one = lambda value, digits=1: "-" if value is None else f"{value:.{digits}f}"
    rows = []
    for mode in ("gray", "bitonal"):
        f = figures[mode]
        rows.append([mode, one(f["sides_per_s"]), one(f["beside_reading_sides_per_s"]), one(f["bytes_per_side"] / 1000), one(f["syncs_per_side"], 2),
                     one(f["peer_sides_per_s"]), one(f["peer_bytes_per_side"] and f["peer_bytes_per_side"] / 1000)])
    common.table(["300 dpi Letter, duplex", "sides/s", "beside OCR", "kB/side", "syncs/side", "scanimage sides/s", "scanimage kB/side"], rows)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
