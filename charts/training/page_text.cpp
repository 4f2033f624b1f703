#include "charts/training/page_text.h"

#include <array>
#include <cctype>

namespace chartscan::charts::training {
namespace {

constexpr Size kLetter{1700, 2200};  // at 200 dpi
constexpr int kMargin = 130, kTop = 110, kTextHeight = 22, kTitleHeight = 32, kColumn = 280, kColumnGap = 50;

int advance(int height) { return height / 2; }

class Setter {
 public:
  TextPage set(std::string_view text) {
    page_.look.working = kLetter;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.empty()) y_ += kTextHeight / 2;
      else if (line.starts_with("# ")) title(line.substr(2));
      else this->line(line);
    }
    return std::move(page_);
  }

 private:
  void title(std::string_view line) {
    const int width = static_cast<int>(line.size()) * advance(kTitleHeight);
    x_ = std::max(kMargin, (kLetter.width - width) / 2);
    height_ = kTitleHeight;
    words(line);
    end_line();
    height_ = kTextHeight;
  }

  void line(std::string_view line) {
    x_ = kMargin;
    marks(line);
    while (true) {
      const auto tab = line.find('\t');
      words(line.substr(0, tab));
      if (tab == line.npos) break;
      line.remove_prefix(tab + 1);
      x_ = kMargin + ((x_ + kColumnGap - kMargin) / kColumn + 1) * kColumn;
    }
    end_line();
  }

  void marks(std::string_view line) {
    for (auto at = line.find("[ ]"); at != line.npos; at = line.find("[ ]", at + 3)) ++page_.look.check_boxes;
    for (auto at = line.find("[x]"); at != line.npos; at = line.find("[x]", at + 3)) ++page_.look.check_boxes;
    std::string lower(line);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (lower.find("____") != lower.npos && (lower.find("sign") != lower.npos || lower.find("witness") != lower.npos)) ++page_.look.places_to_sign;
  }

  static bool is_mark(std::string_view word) { return word == "[" || word == "]" || word == "[x]" || word == "[]" || word.find_first_not_of("_") == word.npos; }

  void words(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        ++i;
        continue;
      }
      const auto end = std::min(text.find(' ', i), text.size());
      std::string_view word = text.substr(i, end - i);
      while (word.size() > 4 && word.ends_with("__")) word.remove_suffix(1);
      i = end;
      if (is_mark(word)) {
        x_ += 3 * advance(height_);
        continue;
      }
      const int width = static_cast<int>(word.size()) * advance(height_);
      if (x_ + width > kLetter.width - kMargin) {
        end_line();
        x_ = kMargin;
      }
      if (y_ + height_ < kLetter.height - kTop)
        page_.text.words.push_back({std::string(word), {x_, y_, x_ + width, y_ + height_}, 0.95, line_});
      x_ += width + advance(height_);
    }
  }

  void end_line() {
    y_ += height_ * 3 / 2;
    ++line_;
  }

  TextPage page_;
  int x_ = kMargin, y_ = kTop, line_ = 1, height_ = kTextHeight;
};

struct Confusion {
  std::string_view read, as;
};
constexpr std::array kConfusions{
    Confusion{"0", "O"}, Confusion{"O", "0"}, Confusion{"1", "l"}, Confusion{"l", "1"}, Confusion{"I", "l"}, Confusion{"5", "S"}, Confusion{"S", "5"},
    Confusion{"8", "B"}, Confusion{"B", "8"}, Confusion{"m", "rn"}, Confusion{"d", "cl"}, Confusion{"e", "c"}, Confusion{"c", "e"}, Confusion{"a", "o"},
    Confusion{"n", "u"}, Confusion{"h", "b"}, Confusion{"t", "f"}, Confusion{"i", "j"}, Confusion{"R", "P"}, Confusion{"E", "F"}, Confusion{"G", "6"}, Confusion{"T", "Y"}};

std::string misread(char c, Random& random) {
  if (random.chance(0.25)) return {};
  for (const Confusion& one : kConfusions)
    if (one.read.front() == c) return std::string(one.as);
  return std::string(1, static_cast<char>('a' + random.below(26)));
}

}  // namespace

TextPage lay_out_text(std::string_view text) { return Setter().set(text); }

void add_noise(PageText& text, double rate, Random& random) {
  std::vector<Word> out;
  for (Word& word : text.words) {
    std::string read;
    for (const char c : word.text) read += random.chance(rate) ? misread(c, random) : std::string(1, c);
    if (read.empty()) continue;
    word.text = std::move(read);
    const bool joins = !out.empty() && out.back().line == word.line && word.box.x0 - out.back().box.x1 < 2 * advance(word.box.height()) && random.chance(rate);
    if (joins) {
      out.back().text += word.text;
      out.back().box.x1 = word.box.x1;
    } else {
      out.push_back(std::move(word));
    }
  }
  text.words = std::move(out);
}

}  // namespace chartscan::charts::training
