// Marks on a paper that are not text: barcodes, patch codes, signatures.
#pragma once

#include <string>

#include "tests/support/paper.h"

namespace chartscan::testing {

// Code 128 that fills `rect`, quiet zones to be left by the caller.
void draw_code128(Paper& paper, const Rect& rect, const std::string& payload);
void draw_qr(Paper& paper, Point corner, double side, const std::string& payload);

// A patch code: four bars, wide 0.20 in, narrow and spaces 0.08 in, parallel to the edge, read from the edge inwards.
enum class Patch { One, Two, Three, Four, Six, T };
enum class Edge { Top, Bottom, Left, Right };
void draw_patch(Paper& paper, Patch patch, Edge edge = Edge::Top, double from_edge = 18);

// A signature by hand that stands on the line from `left` on, about `width` points wide. The same seed is the same hand.
void sign(Paper& paper, Point left, double width, std::uint64_t seed, Color ink = kBlack);
// A tick mark by pen inside a box of `side` points.
void tick(Paper& paper, Point corner, double side, Color ink = kBlack);

}  // namespace chartscan::testing
