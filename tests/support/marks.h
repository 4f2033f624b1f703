// Marks on a paper that are not text: barcodes, patch codes, signatures.
#pragma once

#include <string>

#include "tests/support/paper.h"

namespace chartscan::testing {

// Code 128 that fills `rect`, quiet zones to be left by the caller.
void draw_code128(Paper& paper, const Rect& rect, const std::string& payload);
void draw_qr(Paper& paper, Point corner, double side, const std::string& payload);

// Any symbol at a given size of its modules (narrowest bar), in points. Linear codes are `height` high; in PDF417 a row is
// three modules high. Returns the space it takes; quiet zones are the caller's.
enum class Symbol { Code128, Code39, Qr, DataMatrix, Pdf417 };
inline constexpr int kSymbols = 5;
const char* name_of(Symbol symbol);  // as the reader calls it: "Code128", "QRCode", ...
Rect draw_symbol(Paper& paper, Symbol symbol, Point corner, double module, double height, const std::string& payload);

// A patch code: four bars, wide 0.20 in, narrow and spaces 0.08 in, parallel to the edge, read from the edge inwards.
enum class Patch { One, Two, Three, Four, Six, T };
enum class Edge { Top, Bottom, Left, Right };
inline constexpr double kPatchLength = 432;  // points: readers ask for two inches; sheets carry more to allow for crooked feeding
void draw_patch(Paper& paper, Patch patch, Edge edge = Edge::Top, double from_edge = 18, double length = kPatchLength);

// A signature by hand that stands on the line from `left` on, about `width` points wide. The same seed is the same hand.
void sign(Paper& paper, Point left, double width, std::uint64_t seed, Color ink = kBlack);
// A tick mark by pen inside a box of `side` points.
void tick(Paper& paper, Point corner, double side, Color ink = kBlack);

}  // namespace chartscan::testing
