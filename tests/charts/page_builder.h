// Words with boxes as OCR would hand them over, from lines of text: what the tests of this room read.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/page.h"

namespace chartscan::charts::testing {

inline constexpr Size kLetter{1700, 2200};  // US letter at 200 dpi
inline constexpr int kDpi = 200;

// Writes lines from the top; a tab jumps to the next column of 400 px, so that cells come apart.
class PageBuilder {
 public:
  PageBuilder& line(std::string_view text, int height = 22, int x = 150) {
    write(text, height, x);
    y_ += height * 8 / 5;
    return *this;
  }
  PageBuilder& centred(std::string_view text, int height = 34) {
    const int width = static_cast<int>(text.size()) * advance(height);
    return line(text, height, (kLetter.width - width) / 2);
  }
  // Breaks running text at the right margin.
  PageBuilder& prose(std::string_view text, int height = 22) {
    std::istringstream words{std::string(text)};
    std::string word, row;
    const std::size_t width = static_cast<std::size_t>(1400 / advance(height));
    while (words >> word) {
      if (row.size() + word.size() + 1 > width) {
        line(row, height);
        row.clear();
      }
      row += (row.empty() ? "" : " ") + word;
    }
    if (!row.empty()) line(row, height);
    return *this;
  }
  PageBuilder& gap(int px) {
    y_ += px;
    return *this;
  }
  PageBuilder& at(int y) {
    y_ = y;
    return *this;
  }
  PageBuilder& confidence(double value) {
    confidence_ = value;
    return *this;
  }
  operator PageText() const { return text_; }
  const PageText& text() const { return text_; }

 private:
  static int advance(int height) { return height * 11 / 20; }

  void write(std::string_view text, int height, int x) {
    std::size_t i = 0;
    int cursor = x;
    while (i < text.size()) {
      if (text[i] == '\t') {
        cursor = x + ((cursor - x) / 400 + 1) * 400;
        ++number_;  // OCR starts a line anew at a column border
        ++i;
      } else if (text[i] == ' ') {
        cursor += advance(height);
        ++i;
      } else {
        std::size_t end = i;
        while (end < text.size() && text[end] != ' ' && text[end] != '\t') ++end;
        const int width = static_cast<int>(end - i) * advance(height);
        text_.words.push_back({std::string(text.substr(i, end - i)), {cursor, y_, cursor + width, y_ + height}, confidence_, number_});
        cursor += width;
        i = end;
      }
    }
    ++number_;
  }

  PageText text_;
  int y_ = 120;
  int number_ = 1;
  double confidence_ = 0.95;
};

}  // namespace chartscan::charts::testing
