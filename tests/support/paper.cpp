#include "tests/support/paper.h"

#include <pango/pangocairo.h>

#include <algorithm>

#include "tests/support/paper_surface.h"

namespace chartscan::testing {
namespace {

using Layout = std::unique_ptr<PangoLayout, decltype(&g_object_unref)>;

double points(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

void set_ink(cairo_t* pen, Color color) { cairo_set_source_rgb(pen, color.red, color.green, color.blue); }

// Metrics are left unhinted so that the same text breaks at the same words at any dpi and skew.
Layout make_layout(cairo_t* pen, std::string_view text, const Type& type) {
  Layout layout(pango_cairo_create_layout(pen), &g_object_unref);
  pango_cairo_context_set_resolution(pango_layout_get_context(layout.get()), 72);
  pango_context_set_round_glyph_positions(pango_layout_get_context(layout.get()), FALSE);  // a unit here is a whole point
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(pango_layout_get_context(layout.get()), options);
  cairo_font_options_destroy(options);
  pango_layout_context_changed(layout.get());

  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family(font, type.family.c_str());
  pango_font_description_set_absolute_size(font, type.size * PANGO_SCALE);
  pango_font_description_set_weight(font, type.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_style(font, type.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \n") - first + 1));
}

// The words of one laid-out line whose logical rectangle starts at `origin` on the paper.
void append_words(PangoLayoutLine* line, std::string_view text, Point origin, double height, std::vector<PrintedWord>& words) {
  const auto edge = [&](std::size_t byte) {
    int x = 0;
    pango_layout_line_index_to_x(line, static_cast<int>(byte), 0, &x);
    return origin.x + points(x);
  };
  const auto end = static_cast<std::size_t>(line->start_index + line->length);
  for (auto at = static_cast<std::size_t>(line->start_index); at < end;) {
    const auto first = std::min(text.find_first_not_of(' ', at), end);
    const auto last = std::min(text.find(' ', first), end);
    if (last > first) {
      words.push_back({std::string(text.substr(first, last - first)), {edge(first), origin.y, edge(last) - edge(first), height}});
    }
    at = std::max(last, first);
    if (first >= end) break;
  }
}

}  // namespace

Type Type::bolder() const {
  Type type = *this;
  type.bold = true;
  return type;
}

Type Type::sized(double points) const {
  Type type = *this;
  type.size = points;
  return type;
}

Type Type::colored(Color ink) const {
  Type type = *this;
  type.color = ink;
  return type;
}

Paper::Paper(PaperSize size) : size_(size), surface_(std::make_unique<Surface>(size)) {}
Paper::~Paper() = default;
Paper::Paper(Paper&&) noexcept = default;
Paper& Paper::operator=(Paper&&) noexcept = default;

double Paper::text(Point at, std::string_view text, const Type& type, Align align) { return set(at, 0, text, type, align, 1); }

double Paper::paragraph(Point at, double width, std::string_view text, const Type& type, double line_spacing) {
  return set(at, width, text, type, Align::Left, line_spacing);
}

double Paper::row(double y, const std::vector<Cell>& cells, const Type& type) {
  double below = y;
  lines_.emplace_back();
  in_row_ = true;
  for (const auto& cell : cells) {
    const double shift = cell.align == Align::Right ? cell.width : cell.align == Align::Center ? cell.width / 2 : 0;
    below = std::max(below, text({cell.x + shift, y}, cell.text, type, cell.align));
  }
  in_row_ = false;
  if (lines_.back().empty()) lines_.pop_back();
  return below;
}

double Paper::text_width(std::string_view text, const Type& type) const {
  int width = 0;
  pango_layout_get_size(make_layout(surface_->pen, text, type).get(), &width, nullptr);
  return points(width);
}

std::vector<std::string> Paper::wrapped(std::string_view text, double width, const Type& type) const {
  const Layout layout = make_layout(surface_->pen, text, type);
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
  std::vector<std::string> lines;
  for (int i = 0; i < pango_layout_get_line_count(layout.get()); ++i) {
    const PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), i);
    lines.push_back(trimmed(text.substr(line->start_index, line->length)));
  }
  return lines;
}

// width 0: one line, placed by `align` around at.x; otherwise wrapped at words.
double Paper::set(Point at, double width, std::string_view text, const Type& type, Align align, double line_spacing) {
  const Layout layout = make_layout(surface_->pen, text, type);
  if (width > 0) {
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
  }
  set_ink(surface_->pen, type.color);
  double y = at.y;
  const int count = pango_layout_get_line_count(layout.get());
  for (int i = 0; i < count; ++i) {
    PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), i);
    PangoRectangle logical;
    pango_layout_line_get_extents(line, nullptr, &logical);
    const double line_width = points(logical.width);
    const double x = align == Align::Left ? at.x : align == Align::Center ? at.x - line_width / 2 : at.x - line_width;
    cairo_move_to(surface_->pen, x, y - points(logical.y));
    pango_cairo_show_layout_line(surface_->pen, line);
    append_words(line, text, {x, y}, points(logical.height), words_);
    remember_line(trimmed(text.substr(line->start_index, line->length)));
    y += points(logical.height) * line_spacing;
  }
  return y;
}

void Paper::remember_line(std::string line) {
  if (!in_row_) {
    if (!line.empty()) lines_.push_back(std::move(line));
    return;
  }
  auto& row = lines_.back();
  if (!row.empty() && !line.empty()) row += ' ';
  row += line;
}

void Paper::line(Point from, Point to, double thickness, Color color) {
  cairo_t* pen = surface_->pen;
  set_ink(pen, color);
  cairo_set_line_width(pen, thickness);
  cairo_move_to(pen, from.x, from.y);
  cairo_line_to(pen, to.x, to.y);
  cairo_stroke(pen);
}

void Paper::box(const Rect& rect, double thickness, Color color) {
  cairo_t* pen = surface_->pen;
  set_ink(pen, color);
  cairo_set_line_width(pen, thickness);
  cairo_rectangle(pen, rect.x, rect.y, rect.width, rect.height);
  cairo_stroke(pen);
}

void Paper::fill(const Rect& rect, Color color) {
  set_ink(surface_->pen, color);
  cairo_rectangle(surface_->pen, rect.x, rect.y, rect.width, rect.height);
  cairo_fill(surface_->pen);
}

void Paper::dot(Point center, double radius, Color color) {
  set_ink(surface_->pen, color);
  cairo_arc(surface_->pen, center.x, center.y, radius, 0, 2 * 3.14159265358979323846);
  cairo_fill(surface_->pen);
}

// Catmull-Rom through the points, so a few of them make a hand's curve.
void Paper::stroke(const std::vector<Point>& p, double thickness, Color color) {
  if (p.size() < 2) return;
  cairo_t* pen = surface_->pen;
  set_ink(pen, color);
  cairo_set_line_width(pen, thickness);
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to(pen, p[0].x, p[0].y);
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    const Point a = p[i == 0 ? 0 : i - 1], b = p[i], c = p[i + 1], d = p[std::min(i + 2, p.size() - 1)];
    cairo_curve_to(pen, b.x + (c.x - a.x) / 6, b.y + (c.y - a.y) / 6, c.x - (d.x - b.x) / 6, c.y - (d.y - b.y) / 6, c.x, c.y);
  }
  cairo_stroke(pen);
}

void Paper::picture(const imaging::Image& image, const Rect& rect) {
  cairo_surface_t* pixels = cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width, image.height);
  unsigned char* data = cairo_image_surface_get_data(pixels);
  const int stride = cairo_image_surface_get_stride(pixels);
  for (int y = 0; y < image.height; ++y) {
    auto* out = reinterpret_cast<std::uint32_t*>(data + static_cast<std::size_t>(y) * stride);
    for (int x = 0; x < image.width; ++x) {
      const std::uint8_t* in = image.row(y) + static_cast<std::size_t>(x) * image.channels;
      const int last = image.channels == 3 ? 2 : 0;
      out[x] = std::uint32_t{in[0]} << 16 | std::uint32_t{in[last / 2]} << 8 | in[last];
    }
  }
  cairo_surface_mark_dirty(pixels);
  cairo_t* pen = surface_->pen;
  cairo_save(pen);
  cairo_translate(pen, rect.x, rect.y);
  cairo_scale(pen, rect.width / image.width, rect.height / image.height);
  cairo_set_source_surface(pen, pixels, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(pen), CAIRO_FILTER_NEAREST);
  cairo_paint(pen);
  cairo_restore(pen);
  cairo_surface_destroy(pixels);
}

void Paper::turned(Point about, double degrees, const std::function<void()>& draw) {
  cairo_t* pen = surface_->pen;
  cairo_save(pen);
  cairo_translate(pen, about.x, about.y);
  cairo_rotate(pen, degrees * 3.14159265358979323846 / 180);
  cairo_translate(pen, -about.x, -about.y);
  draw();
  cairo_restore(pen);
}

std::string Paper::text() const {
  std::string all;
  for (const auto& line : lines_) all += (all.empty() ? "" : "\n") + line;
  return all;
}

}  // namespace chartscan::testing
