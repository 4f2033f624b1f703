// A sheet of paper as it left the printer: text, rules, boxes and ink, in points (1/72 inch) from the upper left corner.
// It keeps what was printed on it, in reading order, so that a test knows every word and its box. Scanning is scanned.h.
// A paper is drawn by one thread; any thread may scan it afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "imaging/image.h"

namespace chartscan::testing {

struct Point {
  double x = 0, y = 0;
};

struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
};

struct PaperSize {
  double width = 612, height = 792;  // points
};
constexpr PaperSize kLetter{612, 792};
constexpr PaperSize kLetterLandscape{792, 612};
constexpr PaperSize kA4{595.28, 841.89};

struct Color {
  double red = 0, green = 0, blue = 0;
};
constexpr Color kBlack{};
constexpr Color kWhite{1, 1, 1};
constexpr Color kBlueInk{0.08, 0.12, 0.5};

enum class Align { Left, Center, Right };

// How a piece of text is set.
struct Type {
  std::string family = "Liberation Serif";
  double size = 11;  // points
  bool bold = false, italic = false;
  Color color = kBlack;

  Type bolder() const;
  Type sized(double points) const;
  Type colored(Color ink) const;
};

struct PrintedWord {
  std::string text;
  Rect box;  // points on the paper
};

struct Cell {
  double x = 0, width = 0;  // width 0 = as wide as its text
  std::string text;
  Align align = Align::Left;
};

class Paper {
 public:
  explicit Paper(PaperSize size = kLetter);
  ~Paper();
  Paper(Paper&&) noexcept;
  Paper& operator=(Paper&&) noexcept;

  PaperSize size() const { return size_; }

  // Texts: y is the top of the first line; each returns the y below its last line.
  double text(Point at, std::string_view text, const Type& type, Align align = Align::Left);
  double paragraph(Point at, double width, std::string_view text, const Type& type, double line_spacing = 1.0);
  // One printed line made of several pieces; `row` keeps them together in text().
  double row(double y, const std::vector<Cell>& cells, const Type& type);
  double text_width(std::string_view text, const Type& type) const;
  std::vector<std::string> wrapped(std::string_view text, double width, const Type& type) const;  // as paragraph() would break it

  void line(Point from, Point to, double thickness = 0.7, Color color = kBlack);
  void box(const Rect& rect, double thickness = 0.7, Color color = kBlack);
  void fill(const Rect& rect, Color color);
  void dot(Point center, double radius, Color color = kBlack);
  void stroke(const std::vector<Point>& points, double thickness, Color color = kBlack);  // a smooth pen line
  void picture(const imaging::Image& image, const Rect& rect);                            // edges stay sharp

  // What `draw` puts on this paper, turned clockwise about a point. Words keep the boxes they would have unturned.
  void turned(Point about, double degrees, const std::function<void()>& draw);

  // What is printed, a line of text a line, in the order it was drawn; pictures and strokes say nothing.
  std::string text() const;
  const std::vector<PrintedWord>& words() const { return words_; }

  bool has_signature = false;  // set by sign() of marks.h

  struct Surface;  // the recorded drawing; only paper.cpp and scanned.cpp look inside
  const Surface& surface() const { return *surface_; }

 private:
  double set(Point at, double width, std::string_view text, const Type& type, Align align, double line_spacing);
  void remember_line(std::string line);

  PaperSize size_;
  std::unique_ptr<Surface> surface_;
  std::vector<std::string> lines_;
  std::vector<PrintedWord> words_;
  bool in_row_ = false;
};

}  // namespace chartscan::testing
