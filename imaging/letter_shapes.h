// Inside this room: which way up a letter stands, by its shape. Capitals and digits have no ascenders, and yet an L, a 4 or a 7
// turned over is no letter. A small network says how much a letter looks upright; what it is sure of, it learnt from drawn pages
// (bench/letter_shapes.cpp, which writes letter_weights.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imaging/clean.h"

namespace chartscan::imaging {

inline constexpr int kPatchSide = 16;  // samples across twice the letter's size: its neighbours' edges belong to it
inline constexpr int kPatchPixels = kPatchSide * kPatchSide;
inline constexpr int kHiddenUnits = 24;
using LetterPatch = std::array<float, kPatchPixels>;  // 0 paper to 1 ink, row by row, lines of text running along

// At most `most` letters, taken from all over the page, with the skew undone; lines that run across are turned to run along,
// clockwise.
std::vector<LetterPatch> letter_patches(const Lettering& print, TextAxis axis, Degrees skew, std::size_t most);

// One hidden layer of rectified units. Weights are stored in steps of `scale`.
struct LetterNet {
  std::array<std::array<float, kHiddenUnits>, kPatchPixels> in{};
  std::array<float, kHiddenUnits> bias{}, out{};

  float operator()(const LetterPatch& patch) const;
  float upright(const LetterPatch& patch) const;  // natural logarithm of the odds that it stands upright and not on its head
};
const LetterNet& trained_letter_net();

LetterPatch turned_over(const LetterPatch& patch);

// letter_weights.cpp, written by the trainer: the layers of the network in order, rounded.
extern const float kLetterScales[3];
extern const std::int8_t kLetterWeights[kPatchPixels * kHiddenUnits + 2 * kHiddenUnits];

}  // namespace chartscan::imaging
