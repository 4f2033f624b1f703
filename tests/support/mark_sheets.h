// Sheets by number, for measuring what finds marks and blank sides: the same number is the same sheet on every machine, and
// neighbours differ in every way at once (kind, resolution, skew, turn, tone, damage). Tests take a few dozen, the benchmark
// `marks` takes thousands. Pure; any thread.
#pragma once

#include <string>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::testing {

struct MarkSheet {
  std::string kind;          // for the table: what is drawn
  std::string payload;       // what the mark says; empty = there is none
  std::string format;        // "PatchT", "Code128", ...
  std::string conditions;    // how it was scanned, for a person who looks for the sheet that failed
  imaging::Image image;      // as a scanner delivers it
  int dpi = 0;
};

// A separator sheet with one of the six patch codes along any edge: 150 to 300 dpi, up to 5 degrees crooked, all four turns,
// faint, soft, noisy, speckled, bitonal, with and without words on it.
MarkSheet patch_sheet(int number);

// A page without patch code, many of them made to look like one: rules and bars of nearly the right thickness, tables,
// barcodes along an edge, strip charts, ECG grids, bar diagrams, lined paper, prose. `has_barcode` pages are left out where
// `barcodes` is Without.
enum class Barcodes { With, Without };
MarkSheet unmarked_page(int number, Barcodes barcodes);

// A label at 200 dpi among print: Code 128, Code 39, QR, DataMatrix, PDF417; plain and HIBC payloads; crooked, noisy, soft,
// faint, bitonal, in any turn.
MarkSheet barcode_label(int number);

// The empty back of a sheet: dust, punch holes, the other side showing through, coloured or gray paper, folds, lid, noise.
MarkSheet blank_side(int number);

// A side with little on it that is not blank: a page number, stamp, signature, one faint line, an empty ruled form, a tick;
// and ordinary pages of every kind.
MarkSheet printed_side(int number);

}  // namespace chartscan::testing
