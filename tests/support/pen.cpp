#include "tests/support/pen.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/support/marks.h"

namespace chartscan::testing {
namespace {

constexpr double kPi = 3.14159265358979323846;

// Strokes of a letter in tenths of an x's height, y up from the baseline; strokes parted by '|'.
const std::map<char, const char*>& letters() {
  static const std::map<char, const char*> all{
      {'a', "8,9 3,10 0,5 3,0 7,3 8,9 8,2 10,0"},
      {'b', "0,3 3,20 1,20 1,2 4,0 8,4 6,9 2,8"},
      {'c', "8,8 4,10 0,5 4,0 9,2"},
      {'d', "8,9 3,10 0,5 3,0 7,3 9,20 8,2 10,0"},
      {'e', "1,5 8,6 5,10 0,6 3,0 9,2"},
      {'f', "6,18 4,20 2,14 2,-8|0,9 6,10"},
      {'g', "8,9 3,10 0,5 3,1 7,4 8,9 8,-7 3,-9 1,-6 9,1"},
      {'h', "1,20 1,0 2,7 6,10 8,6 8,0 10,1"},
      {'i', "1,9 2,2 4,0 5,2|2,14 2,15"},
      {'j', "3,9 3,-7 0,-9 -1,-6|3,14 3,15"},
      {'k', "1,20 1,0|7,10 2,5 8,0"},
      {'l', "1,3 4,20 1,19 2,1 5,1"},
      {'m', "0,0 1,9 1,0 3,9 5,9 5,0 7,9 9,9 9,1 11,1"},
      {'n', "0,0 1,9 1,0 4,9 7,8 7,1 9,1"},
      {'o', "5,10 1,7 1,2 5,0 8,4 7,9 4,10 8,9"},
      {'p', "1,10 1,-9 1,7 5,10 8,5 4,0 1,2"},
      {'q', "8,9 3,10 0,5 3,0 7,3 8,9 8,-9 10,-6"},
      {'r', "0,0 1,9 1,3 4,9 7,9"},
      {'s', "7,9 3,10 2,7 7,4 6,0 1,1"},
      {'t', "3,18 3,2 5,0 7,2|0,12 7,13"},
      {'u', "1,10 1,2 4,0 7,4 8,10 8,1 10,1"},
      {'v', "0,10 4,0 8,10"},
      {'w', "0,10 2,0 5,8 8,0 10,10"},
      {'x', "0,10 8,0|8,10 0,0"},
      {'y', "0,10 1,4 4,2 7,9 8,10 6,-6 2,-9 0,-6"},
      {'z', "0,10 8,10 0,0 9,0"},
      {'A', "0,0 5,20 9,0|2,8 8,8"},
      {'B', "1,0 1,20 7,18 6,11 1,10 8,8 7,1 1,0"},
      {'C', "9,17 4,20 0,10 4,0 9,3"},
      {'D', "1,0 1,20 8,15 8,5 1,0"},
      {'E', "9,20 1,20 1,10 7,10|1,10 1,0 9,0"},
      {'H', "1,20 1,0|9,20 9,0|1,10 9,10"},
      {'J', "8,20 6,2 2,0 0,4"},
      {'L', "2,20 0,0 9,1"},
      {'M', "0,0 2,20 6,5 10,20 12,0"},
      {'N', "0,0 1,20 8,0 9,20"},
      {'P', "1,0 1,20 8,18 7,11 1,10"},
      {'R', "1,0 1,20 8,18 7,11 1,10 9,0"},
      {'S', "9,17 4,20 2,14 8,7 5,0 0,3"},
      {'T', "5,20 5,0|0,20 10,20"},
      {'W', "0,20 3,0 6,14 9,0 12,20"},
      {'0', "4,17 0,9 4,0 8,8 5,17 4,17"},
      {'1', "2,14 4,17 4,0"},
      {'2', "0,13 3,17 8,14 0,0 9,0"},
      {'3', "0,16 5,17 8,13 3,9 8,5 5,0 0,2"},
      {'4', "6,17 0,6 9,6|6,11 6,0"},
      {'5', "8,17 1,17 1,10 6,10 8,5 4,0 0,2"},
      {'6', "7,17 1,8 3,0 8,3 6,8 1,6"},
      {'7', "0,17 8,17 3,0"},
      {'8', "6,9 1,13 4,17 7,14 1,4 4,0 8,4 3,9"},
      {'9', "8,14 4,17 1,12 5,9 8,14 7,0"},
      {'/', "0,-2 6,18"},
      {'-', "0,7 5,7"},
      {'.', "1,0 1,1"},
      {',', "1,1 0,-3"},
  };
  return all;
}

using Strokes = std::vector<std::vector<Point>>;

Strokes strokes_of(const char* text) {
  Strokes strokes(1);
  for (char* at = const_cast<char*>(text); *at;) {
    if (*at == '|') strokes.emplace_back(), ++at;
    const double x = std::strtod(at, &at);
    ++at;  // the comma
    const double y = std::strtod(at, &at);
    strokes.back().push_back({x / 10, y / 10});
    while (*at == ' ') ++at;
  }
  return strokes;
}

// Draws strokes and keeps what they cover.
class Pen {
 public:
  Pen(Paper& paper, const Hand& hand) : paper_(paper), hand_(hand), random_(hand.seed * 2654435761u + 99) {}

  Random& chance() { return random_; }
  // A stroke in points on the paper, y down.
  void draw(const std::vector<Point>& points) {
    if (points.size() < 2) return;
    paper_.stroke(points, hand_.pen, hand_.ink);
    for (const Point& point : points) {
      low_.x = std::min(low_.x, point.x), low_.y = std::min(low_.y, point.y);
      high_.x = std::max(high_.x, point.x), high_.y = std::max(high_.y, point.y);
    }
  }
  Rect covered() const {
    if (high_.x < low_.x) return {};
    return {low_.x - hand_.pen / 2, low_.y - hand_.pen / 2, high_.x - low_.x + hand_.pen, high_.y - low_.y + hand_.pen};
  }

 private:
  Paper& paper_;
  const Hand& hand_;
  Random random_;
  Point low_{1e9, 1e9}, high_{-1e9, -1e9};
};

void write(Pen& pen, Point left, std::string_view text, const Hand& hand) {
  Random& random = pen.chance();
  const double unit = hand.x_height;
  double x = left.x;
  std::vector<Point> open;  // a stroke that the next letter goes on with
  const auto flush = [&] { pen.draw(open), open.clear(); };
  for (const char c : text) {
    const bool known = letters().contains(c);
    const char low = c >= 'A' && c <= 'Z' && !known ? static_cast<char>(c - 'A' + 'a') : c;
    const auto found = letters().find(low);
    if (found == letters().end()) {
      flush();
      x += unit * 0.7;
      continue;
    }
    const double size = low != c ? 1.7 : 1;
    const bool joins = hand.joined && low >= 'a' && low <= 'z' && low == c;
    if (!joins) flush();
    const double drift = random.between(-1, 1) * hand.wobble * unit;
    double width = 0;
    bool first = true;
    for (const auto& stroke : strokes_of(found->second)) {
      std::vector<Point> points;
      for (const Point& p : stroke) {
        width = std::max(width, p.x * size);
        const double up = p.y * size * unit + drift + random.normal() * hand.wobble * unit * 0.6;
        points.push_back({x + p.x * size * unit * hand.spread + up * hand.slant + random.normal() * hand.wobble * unit * 0.6, left.y - up});
      }
      if (first && joins) open.insert(open.end(), points.begin(), points.end());
      else pen.draw(points);
      first = false;
    }
    x += (width + random.between(0.15, 0.35)) * unit * hand.spread;
  }
  flush();
}

// A line of loops: the pen turns while it goes on, in turns that change on the way.
std::vector<Point> loops(Random& random, Point left, double width, double height, int turns, double slant) {
  std::vector<Point> line;
  const double fade = random.between(0.2, 1.0), lean = random.between(0.2, 0.9);
  const int steps = turns * 6;
  double tall = height * random.between(0.7, 1.0);
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps, angle = t * turns * 2 * kPi;
    if (i % 6 == 0) tall = height * random.between(0.35, 1.0) * (1 - t * (1 - fade));
    const double up = tall * (0.5 - 0.5 * std::cos(angle)) + random.normal() * height * 0.02;
    const double across = t * width - lean * width / (turns + 1) * std::sin(angle) * 0.6;
    line.push_back({left.x + across + up * slant, left.y - up});
  }
  return line;
}

std::string some_name(Random& random) {
  static constexpr std::array kFirst{"Jordan", "Maria", "Peter", "Ann", "Theo", "Lena", "Robert", "Susan", "Hamid", "Bea"};
  static constexpr std::array kLast{"Calloway", "Reyes", "Lund", "Whitfield", "Sato", "Hartmann", "Doyle", "Nwosu", "Petrov", "Bell"};
  const std::string first = kFirst[static_cast<std::size_t>(random.below(10))], last = kLast[static_cast<std::size_t>(random.below(10))];
  return random.below(2) ? first + " " + last : first.substr(0, 1) + " " + last;
}

void sign_name(Pen& pen, Point left, double width, const Hand& hand) {
  const std::string name = some_name(pen.chance());
  Hand own = hand;
  own.x_height = std::clamp(width / (static_cast<double>(name.size()) * 0.95 * hand.spread), 3.5, 11.0);
  own.wobble = pen.chance().between(0.05, 0.25);
  own.joined = true;
  write(pen, left, name, own);
}

void flourish(Pen& pen, Point left, double width, double drop) {
  Random& random = pen.chance();
  pen.draw({{left.x + width * random.between(0.7, 1.0), left.y + drop * random.between(-0.5, 0.5)},
            {left.x + width * random.between(0.2, 0.5), left.y + drop},
            {left.x + width * random.between(0.9, 1.15), left.y + drop * random.between(0.2, 1.2)}});
}

}  // namespace

Hand some_hand(Random& random, double x_height) {
  Hand hand;
  hand.x_height = x_height;
  hand.slant = random.between(-0.1, 0.55);
  hand.spread = random.between(0.75, 1.3);
  hand.wobble = random.between(0.03, 0.12);
  hand.pen = random.between(0.7, 1.7);
  hand.joined = random.below(3) != 0;
  const int color = random.below(5);
  if (color < 2) hand.ink = kBlack;
  else if (color < 4) hand.ink = kBlueInk;
  else hand.ink = {random.between(0.2, 0.4), random.between(0.2, 0.4), random.between(0.3, 0.5)};  // faint
  hand.seed = random.next();
  return hand;
}

Rect write_by_hand(Paper& paper, Point left, std::string_view text, const Hand& hand) {
  Pen pen(paper, hand);
  write(pen, left, text, hand);
  return pen.covered();
}

Rect sign_in_style(Paper& paper, Point left, double width, SignatureStyle style, const Hand& hand) {
  Pen pen(paper, hand);
  Random& random = pen.chance();
  const double tall = width * random.between(0.12, 0.24);
  switch (style) {
    case SignatureStyle::Plain:
      sign(paper, left, width, hand.seed % 100000, hand.ink);
      return {left.x, left.y - width * 0.17, width, width * 0.22};
    case SignatureStyle::Name: sign_name(pen, left, width, hand); break;
    case SignatureStyle::Loops: pen.draw(loops(random, left, width, tall, 3 + random.below(9), hand.slant)); break;
    case SignatureStyle::Short: {
      const double narrow = std::min(width, random.between(30, 60));
      pen.draw(loops(random, left, narrow, random.between(12, 24), 2 + random.below(3), hand.slant));
      if (random.below(2)) flourish(pen, left, narrow, 3);
      break;
    }
    case SignatureStyle::Flat: {
      if (random.below(2)) write(pen, left, some_name(random).substr(0, 1), hand);
      const double from = left.x + hand.x_height * 1.4;
      std::vector<Point> wave;
      const double low = random.between(2.5, 5), step = random.between(3, 6);
      for (double x = from; x < left.x + width; x += step) wave.push_back({x, left.y - random.between(0.3, low) * ((wave.size() & 1) ? 1 : 0.3)});
      pen.draw(wave);
      break;
    }
    case SignatureStyle::Sweeping:
      pen.draw(loops(random, {left.x, left.y + tall * 0.5}, width, tall * 1.6, 2 + random.below(5), hand.slant));
      flourish(pen, left, width, random.between(2, 8));
      break;
    case SignatureStyle::Angular: {
      std::vector<Point> line;
      for (double x = 0; x < width; x += random.between(4, 14)) line.push_back({left.x + x, left.y - random.between(-0.25, 1) * tall});
      for (std::size_t i = 0; i + 1 < line.size(); ++i) pen.draw({line[i], line[i + 1]});
      if (random.below(2)) pen.draw({{left.x - 3, left.y - tall * 0.2}, {left.x + width, left.y - tall * 0.7}});
      break;
    }
    case SignatureStyle::Initialled: {
      const std::string name = some_name(random);
      Hand own = hand;
      own.x_height = std::max(6.0, tall * 0.5);
      write(pen, left, name.substr(0, 1) + ".", own);
      pen.draw(loops(random, {left.x + own.x_height * 2.2, left.y}, width - own.x_height * 2.2, tall * 0.6, 4 + random.below(7), hand.slant));
      if (random.below(2)) flourish(pen, left, width, 4);
      break;
    }
  }
  paper.has_signature = true;
  return pen.covered();
}

void mark_box(Paper& paper, const Rect& box, BoxMark mark, const Hand& hand) {
  Pen pen(paper, hand);
  Random& random = pen.chance();
  const auto at = [&](double x, double y) {
    return Point{box.x + (x + random.normal() * 0.05) * box.width, box.y + (y + random.normal() * 0.05) * box.height};
  };
  const double over = random.between(-0.15, 0.4);  // how far it overshoots the box
  switch (mark) {
    case BoxMark::None: break;
    case BoxMark::Tick: pen.draw({at(0.12, 0.5), at(0.4, 0.9), at(0.95 + over, 0.0 - over)}); break;
    case BoxMark::Cross:
      pen.draw({at(0.1 - over / 2, 0.1 - over / 2), at(0.9 + over / 2, 0.9 + over / 2)});
      pen.draw({at(0.9 + over / 2, 0.1 - over / 2), at(0.1 - over / 2, 0.9 + over / 2)});
      break;
    case BoxMark::Fill:
      for (double y = 0.1; y < 0.95; y += 0.13) pen.draw({at(0.08, y), at(0.5, y + 0.05), at(0.92, y)});
      break;
    case BoxMark::Dot: paper.dot({box.x + box.width / 2, box.y + box.height / 2}, box.width * random.between(0.2, 0.34), hand.ink); break;
    case BoxMark::Slash: pen.draw({at(0.05 - over / 2, 0.95 + over / 2), at(0.95 + over / 2, 0.05 - over / 2)}); break;
    case BoxMark::Circled: {
      std::vector<Point> ring;
      const double from = random.between(0, 6.28), wide = random.between(0.85, 1.1);
      for (int i = 0; i <= 13; ++i) ring.push_back(at(0.5 + wide * std::cos(from + i * 0.5), 0.5 + wide * std::sin(from + i * 0.5)));
      pen.draw(ring);
      break;
    }
    case BoxMark::Scribble: {
      pen.draw({at(0.12, 0.5), at(0.4, 0.9), at(1.1, -0.1)});
      std::vector<Point> line;
      for (int i = 0; i < 14; ++i) line.push_back(at(-0.5 + i * 0.15, i & 1 ? -0.3 : 1.3));
      pen.draw(line);
      break;
    }
  }
}

Rect stamp(Paper& paper, Point center, StampShape shape, std::string_view word, std::string_view date, double degrees, Color ink, Random& random) {
  const double size = random.between(14, 22), small = size * 0.6;
  const Type type{.family = "Liberation Sans", .size = size, .bold = true, .color = ink};
  const double wide = std::max(paper.text_width(word, type), paper.text_width(date, type.sized(small))) + size;
  const double high = size * (date.empty() ? 1.9 : 2.6);
  const double radius = wide * 0.56;
  const Rect space = shape == StampShape::Round ? Rect{center.x - radius, center.y - radius, 2 * radius, 2 * radius}
                                                : Rect{center.x - wide / 2, center.y - high / 2, wide, high};
  paper.turned(center, degrees, [&] {
    const double top = center.y - (date.empty() ? size * 0.6 : size * 1.05);
    paper.text({center.x, top}, word, type, Align::Center);
    if (!date.empty()) paper.text({center.x, top + size * 1.25}, date, type.sized(small), Align::Center);
    if (shape == StampShape::Framed) {
      paper.box(space, 1.8, ink);
      if (random.below(2)) paper.box({space.x + 3, space.y + 3, space.width - 6, space.height - 6}, 0.8, ink);
    }
    if (shape == StampShape::Round) {
      for (const double r : {radius, radius - 4}) {
        std::vector<Point> ring;
        for (int i = 0; i <= 40; ++i) ring.push_back({center.x + r * std::cos(i * kPi / 20), center.y + r * std::sin(i * kPi / 20)});
        paper.stroke(ring, r == radius ? 1.8 : 0.8, ink);
      }
    }
  });
  const double turn = std::abs(degrees) * kPi / 180;
  const double w = space.width * std::cos(turn) + space.height * std::sin(turn), h = space.width * std::sin(turn) + space.height * std::cos(turn);
  if (shape == StampShape::Round) return space;
  return {center.x - w / 2, center.y - h / 2, w, h};
}

}  // namespace chartscan::testing
