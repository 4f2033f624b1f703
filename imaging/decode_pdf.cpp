// PDF through poppler's tools as child processes (their licence keeps them out of our program, and so do their bugs).
// A page that is one picture, as scanners write them, is taken as it is, once a coarse drawing of the page has shown that the
// picture is all there is to see; any other page is drawn.
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "imaging/child.h"
#include "imaging/decode_formats.h"
#include "imaging/pdf_text.h"
#include "imaging/same_picture.h"

namespace chartscan::imaging {

namespace {

namespace fs = std::filesystem;

constexpr int kDrawingDpi = 300;
constexpr int kCheckingDpi = 50;
constexpr int kCoarsestDpi = 100;            // a page too large for this is refused
constexpr double kPointsPerInch = 72;
constexpr double kSameSize = 0.04;           // picture and page may differ by that share and still be the same sheet
constexpr double kMostlyPicture = 0.5;       // of the page's area: text found there is OCR of the scan, not born digital
constexpr std::size_t kEnoughText = 20;      // letters; less is a stamp or a page number
constexpr double kGarbledShare = 0.05;       // fonts without a map to Unicode
constexpr std::uint64_t kToolOutput = 64'000'000;  // bytes of listings and text

struct Tool {
  fs::path file;
  const DecodeLimits& limits;

  Result<ChildOutput> run(const char* program, std::vector<std::string> arguments, std::uint64_t output_bytes = kToolOutput) const {
    const std::uint64_t picture_bytes = limits.max_pixels * 4 + 1'000'000;
    return run_child(program, arguments, {limits.max_child_bytes, limits.max_child_seconds, picture_bytes, output_bytes});
  }
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Error refused(const ChildOutput& said) {
  if (contains(said.complaints, "ncorrect password"))
    return {ErrorCode::InputEncrypted, "the PDF is locked with a password; remove the password in the program that made it and export it again"};
  if (contains(said.complaints, "nsupported security handler") || contains(said.complaints, "ncrypt"))
    return {ErrorCode::InputEncrypted, "the PDF is encrypted in a way that cannot be opened here; export it again without protection"};
  return damaged("PDF", contains(said.complaints, "trailer") || contains(said.complaints, "xref") ? "its table of contents is missing or broken"
                                                                                                 : "it cannot be opened");
}

Result<Tool> tool_for(const ByteReader& bytes, const DecodeLimits& limits) {
  if (!bytes.path) return Error{ErrorCode::Internal, "a PDF needs a file to be read from"};
  TRY(const fs::path path, bytes.path());
  return Tool{fs::absolute(path), limits};  // absolute: a name that starts with '-' must not become an option
}

std::string text_of(const ChildOutput& said) { return {said.output.begin(), said.output.end()}; }

// The value behind "key:" in pdfinfo's listing.
std::string value_of(const std::string& listing, const std::string& key) {
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t colon = line.find(':');
    const std::size_t start = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

// Poppler mends a file that was cut short and goes on with the pages it finds; the others would be lost in silence.
Result<bool> ends_properly(const ByteReader& bytes) {
  std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size, 2048)), '\0');
  TRY(const std::size_t got, bytes.read(bytes.size - tail.size(), {reinterpret_cast<std::uint8_t*>(tail.data()), tail.size()}));
  return contains(std::string_view(tail).substr(0, got), "%%EOF");
}

struct PdfPage {
  double width = 0, height = 0;  // points, before rotation
  int rotation = 0;              // clockwise
};

Result<PdfPage> page_of(const Tool& tool, int number) {
  const std::string n = std::to_string(number);
  TRY(const ChildOutput said, tool.run("pdfinfo", {"-f", n, "-l", n, tool.file.string()}));
  if (said.exit_code != 0) return refused(said);
  const std::string listing = text_of(said);
  PdfPage page;
  const std::string size = value_of(listing, fmt::format("Page {:4} size", number));
  char by = 0;
  std::istringstream(size) >> page.width >> by >> page.height;
  const std::string rotation = value_of(listing, fmt::format("Page {:4} rot", number));
  std::from_chars(rotation.data(), rotation.data() + rotation.size(), page.rotation);
  if (!(page.width > 0) || !(page.height > 0)) return damaged("PDF", fmt::format("there is no page {} in it, or it has no size", number));
  page.rotation = ((page.rotation % 360) + 360) % 360 / 90 * 90;
  return page;
}

struct Picture {
  std::string type;
  int width = 0, height = 0;
  double dpi_x = 0, dpi_y = 0;

  double inches_across() const { return width / dpi_x; }
  double inches_down() const { return height / dpi_y; }
};

struct Pictures {
  bool known = false;  // false: the file forbids taking pictures out; draw the page then
  std::vector<Picture> all;
};

Result<Pictures> pictures_of(const Tool& tool, int number) {
  const std::string n = std::to_string(number);
  TRY(const ChildOutput said, tool.run("pdfimages", {"-list", "-f", n, "-l", n, tool.file.string()}));
  Pictures pictures;
  if (said.exit_code != 0) return pictures;
  pictures.known = true;
  std::istringstream lines(text_of(said));
  std::string line;
  std::getline(lines, line);  // the heading and the rule below it
  std::getline(lines, line);
  // page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio; "[inline]" stands for object and ID
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string skip;
    Picture picture;
    fields >> skip >> skip >> picture.type >> picture.width >> picture.height;
    for (int i = 0; i < 6; ++i) fields >> skip;
    if (skip != "[inline]") fields >> skip;
    fields >> picture.dpi_x >> picture.dpi_y;
    if (!fields || picture.dpi_x <= 0 || picture.dpi_y <= 0) continue;  // drawn at no size
    pictures.all.push_back(picture);
  }
  return pictures;
}

bool is_whole_page(const Picture& picture, const PdfPage& page) {
  const double across = page.width / kPointsPerInch, down = page.height / kPointsPerInch;
  return picture.type == "image" && std::abs(picture.inches_across() - across) <= kSameSize * across &&
         std::abs(picture.inches_down() - down) <= kSameSize * down;
}

double covered_share(const Pictures& pictures, const PdfPage& page) {
  double area = 0;
  for (const Picture& picture : pictures.all) area += picture.inches_across() * picture.inches_down();
  return area * kPointsPerInch * kPointsPerInch / (page.width * page.height);
}

// Of the pictures that are more than a logo, so that no scan is drawn coarser than it is.
double finest_picture_dpi(const Pictures& pictures) {
  double dpi = 0;
  for (const Picture& picture : pictures.all)
    if (picture.inches_across() >= 2 && picture.inches_down() >= 2) dpi = std::max({dpi, picture.dpi_x, picture.dpi_y});
  return dpi;
}

class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "chartscan-XXXXXX").string();
    if (error || !::mkdtemp(pattern.data()))  // readable by us alone
      return Error{ErrorCode::Storage, "no temporary folder can be made for PDF pictures; check TMPDIR and its free space"};
    return TemporaryFolder(pattern);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code none;
    if (!path_.empty()) fs::remove_all(path_, none);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// The page's one picture, losslessly: JPEG as it stands in the file, everything else as TIFF.
Result<Decoded> taken_out(const Tool& tool, int number, const Picture& picture, const PdfPage& page) {
  TRY_STATUS(check_pixels(static_cast<std::uint64_t>(picture.width), static_cast<std::uint64_t>(picture.height), tool.limits));
  TRY(const TemporaryFolder folder, TemporaryFolder::make());
  const std::string n = std::to_string(number);
  TRY(const ChildOutput said,
      tool.run("pdfimages", {"-j", "-tiff", "-f", n, "-l", n, tool.file.string(), (folder.path() / "picture").string()}));
  if (said.exit_code != 0) return refused(said);
  std::error_code none;
  const fs::directory_iterator first(folder.path(), none);
  if (none || first == fs::directory_iterator()) return damaged("PDF", fmt::format("the picture of page {} cannot be read", number));
  TRY(const ByteReader bytes, file_reader(first->path()));
  const bool jpeg = first->path().extension() == ".jpg";
  TRY(Decoded decoded, jpeg ? decode_jpeg(bytes, tool.limits) : decode_tiff(bytes, 0, tool.limits));
  decoded.image.dpi_x = plausible_dpi(picture.dpi_x);
  decoded.image.dpi_y = plausible_dpi(picture.dpi_y);
  decoded.image = turned(decoded.image, page.rotation);
  if (!said.complaints.empty()) decoded.findings.push_back({finding::kDecoderWarning, "the PDF has errors; its picture could be read", 0});
  return decoded;
}

// Parses the heading of a PGM in place and leaves the bare pixels.
Result<Image> image_of_pgm(std::vector<std::uint8_t> bytes, const DecodeLimits& limits) {
  const std::size_t head = std::min<std::size_t>(bytes.size(), 64);
  std::istringstream heading(std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head)));
  std::string magic;
  std::uint64_t width = 0, height = 0, most = 0;
  if (!(heading >> magic >> width >> height >> most) || magic != "P5" || most != 255) return damaged("PDF", "it could not be drawn");
  TRY_STATUS(check_pixels(width, height, limits));
  const std::size_t start = static_cast<std::size_t>(heading.tellg()) + 1;
  if (bytes.size() != start + width * height) return damaged("PDF", "it could not be drawn to its end");
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(start));
  Image image{static_cast<int>(width), static_cast<int>(height), 1};
  image.pixels = std::move(bytes);
  return image;
}

// The finest drawing the limits allow.
Result<int> finest_drawing_dpi(const PdfPage& page, const DecodeLimits& limits) {
  const double square_inches = page.width * page.height / (kPointsPerInch * kPointsPerInch);
  const double most = std::sqrt(0.98 * static_cast<double>(limits.max_pixels) / square_inches);
  if (most >= kCoarsestDpi) return static_cast<int>(std::min(most, 4800.0));
  return Error{ErrorCode::InputTooLarge, fmt::format("the PDF page measures {:.0f} x {:.0f} inches, too large to be drawn; export it on ordinary paper",
                                                     page.width / kPointsPerInch, page.height / kPointsPerInch)};
}

// `wanted_dpi` or as fine as the limits allow.
Result<Decoded> drawn(const Tool& tool, int number, const PdfPage& page, int wanted_dpi) {
  TRY(const int most, finest_drawing_dpi(page, tool.limits));
  const int dpi = std::min(wanted_dpi, most);
  const std::string n = std::to_string(number);
  TRY(ChildOutput said, tool.run("pdftoppm", {"-gray", "-r", std::to_string(dpi), "-f", n, "-l", n, "-singlefile", tool.file.string()},
                                 tool.limits.max_pixels + 64));
  if (said.exit_code != 0) return refused(said);
  Decoded decoded;
  TRY(decoded.image, image_of_pgm(std::move(said.output), tool.limits));
  decoded.image.dpi_x = decoded.image.dpi_y = dpi;
  if (contains(said.complaints, "Error"))
    decoded.findings.push_back({finding::kDecoderWarning, "the PDF has errors; parts of the page may be missing", 0});
  return decoded;
}

Result<PageText> text_layer(const Tool& tool, int number, double dpi) {
  const std::string n = std::to_string(number);
  TRY(const ChildOutput said, tool.run("pdftotext", {"-f", n, "-l", n, "-enc", "UTF-8", "-bbox-layout", tool.file.string(), "-"}));
  return said.exit_code == 0 ? words_of_listing(text_of(said), dpi) : PageText();
}

struct TextCount {
  std::size_t letters = 0, garbled = 0;
};

TextCount count_letters(std::string_view text) {
  TextCount count;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c > 0x7f ? (c & 0xc0) == 0xc0 : std::isalnum(c) != 0) ++count.letters;
    if (text.substr(i, 3) == "\xef\xbf\xbd" || (c < 0x20 && c != '\n' && c != '\t' && c != '\r')) ++count.garbled;
  }
  return count;
}

bool worth_keeping(const TextCount& count) {
  return count.letters >= kEnoughText && static_cast<double>(count.garbled) <= kGarbledShare * static_cast<double>(count.letters);
}

}  // namespace

Result<int> count_pdf_pages(const ByteReader& bytes, const DecodeLimits& limits) {
  TRY(const Tool tool, tool_for(bytes, limits));
  TRY(const ChildOutput said, tool.run("pdfinfo", {tool.file.string()}));
  if (said.exit_code != 0) return refused(said);
  TRY(const bool whole, ends_properly(bytes));
  if (!whole && contains(said.complaints, "Error")) return damaged("PDF", "it ends in the middle");
  int pages = 0;
  const std::string count = value_of(text_of(said), "Pages:");
  std::from_chars(count.data(), count.data() + count.size(), pages);
  if (pages <= 0) return damaged("PDF", "it has no pages");
  if (pages > limits.max_pages) return Error{ErrorCode::InputTooLarge, fmt::format("the PDF has {} pages, more than {}; split it", pages, limits.max_pages)};
  return pages;
}

Result<Decoded> decode_pdf(const ByteReader& bytes, int index, const DecodeLimits& limits) {
  TRY(const Tool tool, tool_for(bytes, limits));
  const int number = index + 1;
  TRY(const PdfPage page, page_of(tool, number));
  TRY(const Pictures pictures, pictures_of(tool, number));
  if (pictures.all.size() == 1 && is_whole_page(pictures.all.front(), page)) {
    TRY(Decoded taken, taken_out(tool, number, pictures.all.front(), page));
    // Anything beside the picture (print on a letterhead, a stamp, a mask, a mirror) shows in the drawing. An invisible layer
    // of somebody's OCR does not, and is not ours.
    TRY(const Decoded seen, drawn(tool, number, page, kCheckingDpi));
    if (shows_the_same(taken.image, seen.image)) return taken;
  }
  const double dpi = finest_picture_dpi(pictures);
  TRY(Decoded decoded, drawn(tool, number, page, std::clamp(static_cast<int>(std::lround(dpi)), kDrawingDpi, 2 * kDrawingDpi)));
  if (!pictures.known || covered_share(pictures, page) >= kMostlyPicture) return decoded;
  TRY(PageText text, text_layer(tool, number, decoded.image.dpi_x));
  if (worth_keeping(count_letters(text.text()))) decoded.born_digital = std::move(text);
  return decoded;
}

}  // namespace chartscan::imaging
