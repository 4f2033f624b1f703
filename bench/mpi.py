"""scripts/bench mpi: the patient index at size. Draws a register (bench/mpi.cpp), imports it with `patients import`, and times look-ups
and links of simulated pages (1 % character noise) in it, each by processor and by clock. Bytes per patient are the archive's folder.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import common


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench mpi", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1_000_000, metavar="N", help="of the register (%(default)s)")
    parser.add_argument("--documents", type=int, default=2000, metavar="N", help="that are linked (%(default)s)")
    parser.add_argument("--duplicates", action="store_true", help="search the whole register for possible duplicates, too")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def main():
    options = arguments()
    bench = common.built("mpi")
    with tempfile.TemporaryDirectory() as scratch:
        csv, archive = pathlib.Path(scratch) / "patients.csv", pathlib.Path(scratch) / "archive"
        subprocess.run([bench, "draw", str(options.patients), csv], check=True)
        ran = common.measured([common.CHARTSCAN, "patients", "import", csv, "--archive", archive, "--json"])
        report = json.loads(ran.stdout)
        size = sum(file.stat().st_size for file in archive.rglob("*") if file.is_file())
        figures = {"patients": report["added"], "refused": len(report["refused"]), "import_patients_per_cpu_s": report["added"] / ran.cpu_s, "import_wall_s": ran.wall_s,
                   "import_peak_rss_mb": ran.peak_rss_mb, "bytes_per_patient": size / report["added"], "csv_bytes_per_patient": csv.stat().st_size / report["added"]}
        figures |= json.loads(subprocess.run([bench, "look", archive, str(options.patients), str(options.documents)], check=True, capture_output=True, text=True).stdout)
        if options.duplicates:
            ran = common.measured([common.CHARTSCAN, "patients", "duplicates", "--archive", archive, "--json"])
            found = json.loads(ran.stdout)
            figures["duplicates"] = {"cpu_s": ran.cpu_s, "peak_rss_mb": ran.peak_rss_mb, "compared": found["compared"], "groups": len(found["groups"])}
    print(f"{figures['patients']} patients imported ({figures['refused']} refused): {figures['import_patients_per_cpu_s']:.0f} a second of processor, {figures['import_wall_s']:.0f} s by the "
          f"clock, {figures['import_peak_rss_mb']:.0f} MB; {figures['bytes_per_patient']:.0f} bytes a patient (CSV {figures['csv_bytes_per_patient']:.0f})")
    print(f"{'':16}{'CPU p50':>10}{'CPU p99':>10}{'clock p50':>11}{'clock p99':>11}  ms")
    for name in ("by_mrn", "near_mrn", "by_birth_date", "family_name", "names_begun", "name_misspelt", "candidates", "link"):
        times = figures[name]
        print(f"{name:16}{times['cpu_ms_p50']:10.3f}{times['cpu_ms_p99']:10.3f}{times['wall_ms_p50']:11.3f}{times['wall_ms_p99']:11.3f}")
    print(f"link: {figures['link']['cpu_ms_mean']:.2f} ms of processor a document; {figures['automatic']} of {figures['documents']} automatic, {figures['wrong']} wrong")
    if options.duplicates:
        print("duplicates:", figures["duplicates"])
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
