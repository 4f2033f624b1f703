#include "imaging/letter_shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace chartscan::imaging {

namespace {

constexpr float kWindow = 2;  // of the letter's longer side

struct Direction {
  float x, y;
};

// Of the lines of text, and from one line to the next, in the image as delivered.
struct Directions {
  Direction along, down;
};

Directions directions_of(TextAxis axis, Degrees skew) {
  const double angle = skew.value * std::numbers::pi / 180;
  const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  if (axis == TextAxis::Across) return {{-s, -c}, {c, -s}};
  return {{c, -s}, {s, c}};
}

LetterPatch patch_of(const Image& ink, const Letter& letter, const Directions& at) {
  LetterPatch patch{};
  const float step = kWindow * letter.size() / (2 * kPatchSide);  // two samples a pixel of the patch, each way
  for (int v = 0; v < 2 * kPatchSide; ++v)
    for (int u = 0; u < 2 * kPatchSide; ++u) {
      const float right = (static_cast<float>(u - kPatchSide) + 0.5f) * step,
                  below = (static_cast<float>(v - kPatchSide) + 0.5f) * step;
      const int x = static_cast<int>(letter.x + right * at.along.x + below * at.down.x);
      const int y = static_cast<int>(letter.y + right * at.along.y + below * at.down.y);
      if (x < 0 || y < 0 || x >= ink.width || y >= ink.height) continue;
      if (ink.row(y)[x] != 0) patch[static_cast<std::size_t>(v / 2 * kPatchSide + u / 2)] += 0.25f;
    }
  return patch;
}

LetterNet unpacked() {
  LetterNet net;
  const std::int8_t* at = kLetterWeights;
  for (auto& units : net.in)
    for (float& weight : units) weight = static_cast<float>(*at++) * kLetterScales[0];
  for (float& weight : net.bias) weight = static_cast<float>(*at++) * kLetterScales[1];
  for (float& weight : net.out) weight = static_cast<float>(*at++) * kLetterScales[2];
  return net;
}

}  // namespace

std::vector<LetterPatch> letter_patches(const Lettering& print, TextAxis axis, Degrees skew, std::size_t most) {
  const Directions directions = directions_of(axis, skew);
  const std::size_t every = std::max<std::size_t>(1, (print.letters.size() + most - 1) / std::max<std::size_t>(1, most));
  std::vector<LetterPatch> patches;
  for (std::size_t i = 0; i < print.letters.size(); i += every)
    patches.push_back(patch_of(print.ink, print.letters[i], directions));
  return patches;
}

LetterPatch turned_over(const LetterPatch& patch) {
  LetterPatch over = patch;
  std::ranges::reverse(over);
  return over;
}

float LetterNet::operator()(const LetterPatch& patch) const {
  std::array<float, kHiddenUnits> units = bias;
  for (std::size_t i = 0; i < patch.size(); ++i) {
    if (patch[i] == 0) continue;
    for (std::size_t unit = 0; unit < units.size(); ++unit) units[unit] += patch[i] * in[i][unit];
  }
  float sum = 0;
  for (std::size_t unit = 0; unit < units.size(); ++unit) sum += out[unit] * std::max(0.0f, units[unit]);
  return sum;
}

float LetterNet::upright(const LetterPatch& patch) const { return (*this)(patch) - (*this)(turned_over(patch)); }

const LetterNet& trained_letter_net() {
  static const LetterNet net = unpacked();
  return net;
}

}  // namespace chartscan::imaging
