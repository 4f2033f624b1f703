#include "exchange/delivered_words.h"

#include <algorithm>

namespace chartscan::exchange {

Box delivered_box(const Box& working, const Geometry& geometry, const Affine& to_delivered) {
  const Box outer = to_delivered.bounds_of(working);
  const auto x = [&](int value) { return std::clamp(value, 0, geometry.delivered.width); };
  const auto y = [&](int value) { return std::clamp(value, 0, geometry.delivered.height); };
  return {x(outer.x0), y(outer.y0), x(outer.x1), y(outer.y1)};
}

std::vector<DeliveredLine> delivered_lines(const PageText& text, const Geometry& geometry) {
  const Affine to_delivered = geometry.to_delivered();
  std::vector<DeliveredLine> lines;
  const Word* before = nullptr;
  for (const Word& word : text.words) {
    if (!before || word.line != before->line) lines.emplace_back();
    before = &word;
    const Box box = delivered_box(word.box, geometry, to_delivered);
    lines.back().words.push_back({word.text, box, word.confidence});
    lines.back().box = united(lines.back().box, box);
  }
  return lines;
}

}  // namespace chartscan::exchange
