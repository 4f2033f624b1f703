#include "exchange/text_export.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <regex>

#include "exchange/characters.h"
#include "exchange/language.h"
#include "tests/exchange/archived.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::exchange;
using namespace chartscan::testing;
namespace fs = std::filesystem;

namespace {

// What Python's parser, which takes nothing that is not well-formed, finds by an XPath: the attribute asked for, or the text.
std::vector<std::string> found_in(const fs::path& xml, const std::string& path, const std::string& attribute) {
  const std::string program =
      "import sys,xml.etree.ElementTree as t\n"
      "for e in t.parse(sys.argv[1]).getroot().iterfind(sys.argv[2]): print(e.get(sys.argv[3]) if sys.argv[3] else e.text)";
  std::FILE* pipe = ::popen(("python3 -c '" + program + "' '" + xml.string() + "' '" + path + "' '" + attribute + "'").c_str(), "r");
  REQUIRE(pipe);
  std::vector<std::string> lines;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe)) {
    lines.emplace_back(buffer.data());
    lines.back().pop_back();
  }
  REQUIRE(::pclose(pipe) == 0);
  return lines;
}

constexpr const char* kWords = ".//{http://www.w3.org/1999/xhtml}span[@class=\"ocrx_word\"]";
constexpr const char* kStrings = ".//{http://www.loc.gov/standards/alto/ns-v4#}String";

struct Exported {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  ArchivedPage page;
  DocumentId document;

  explicit Exported(const Scan& scan, const std::string& first = "Hypertension") {
    Paper paper;
    paper.text({90, 120}, "Hypertension stable", Type{.size = 16});
    paper.text({90, 400}, "metformin 500", Type{.size = 16});
    const imaging::Image delivered = scanned(paper, scan);
    page = scanned_page(*archive, paper, scan, MediaType::Png, imaging::encode_png(delivered), delivered);
    page.text.words[0].text = first;
    document = filed(*archive, {page});
  }
};

std::array<int, 4> box_in(const std::string& title) {
  std::smatch match;
  REQUIRE(std::regex_search(title, match, std::regex(R"(bbox (\d+) (\d+) (\d+) (\d+))")));
  return {std::stoi(match[1]), std::stoi(match[2]), std::stoi(match[3]), std::stoi(match[4])};
}

}  // namespace

TEST_CASE("hOCR gives every word, in order, at its place on the image as delivered") {
  const TempFolder folder("chartscan-text-export");
  const Scan scan{.dpi = 200, .skew = Degrees{3}, .rotation = 90};
  Exported exported(scan);
  const fs::path out = folder.path() / "chart.html";
  REQUIRE(write_hocr(records_of(*exported.archive), {exported.document}, "eng", out).ok());

  CHECK(found_in(out, kWords, "") == std::vector<std::string>{"Hypertension", "stable", "metformin", "500"});
  const std::vector<std::string> titles = found_in(out, kWords, "title");
  const Affine to_delivered = exported.page.page.geometry.to_delivered();
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Box expected = to_delivered.bounds_of(exported.page.text.words[i].box);
    CHECK(box_in(titles[i]) == std::array{expected.x0, expected.y0, expected.x1, expected.y1});
    CHECK(titles[i].ends_with("x_wconf 90"));
  }
  const auto lines = found_in(out, ".//{http://www.w3.org/1999/xhtml}span[@class=\"ocr_line\"]", "title");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with("textangle 93.00"));
  const auto pages = found_in(out, ".//{http://www.w3.org/1999/xhtml}div[@class=\"ocr_page\"]", "title");
  REQUIRE(pages.size() == 1);
  CHECK(pages[0].starts_with("image \"page\"; bbox 0 0 2200 1700; ppageno 0; scan_res 200 200"));
}

TEST_CASE("ALTO gives a file a page with words, confidences and the angle of the text") {
  const TempFolder folder("chartscan-text-export");
  Exported exported({.dpi = 200, .rotation = 180});
  REQUIRE(write_alto(records_of(*exported.archive), {exported.document}, "deu+eng", folder.path() / "alto").ok());
  const fs::path out = folder.path() / "alto" / (to_string(PageId{1}) + ".xml");
  CHECK(found_in(out, kStrings, "CONTENT") == std::vector<std::string>{"Hypertension", "stable", "metformin", "500"});
  CHECK(found_in(out, kStrings, "WC").front() == "0.902"  /* stored in a byte */);
  const auto block = ".//{http://www.loc.gov/standards/alto/ns-v4#}TextBlock";
  CHECK(found_in(out, block, "ROTATION") == std::vector<std::string>{"180.00"});
  CHECK(found_in(out, block, "LANG") == std::vector<std::string>{"de"});
  const Box first = exported.page.page.geometry.to_delivered().bounds_of(exported.page.text.words[0].box);
  CHECK(found_in(out, kStrings, "HPOS").front() == std::to_string(first.x0));
}

TEST_CASE("words that XML cannot hold leave it well-formed") {
  const TempFolder folder("chartscan-text-export");
  Exported exported({.dpi = 200}, "<b>&\"\xFF\x01");
  REQUIRE(write_hocr(records_of(*exported.archive), {exported.document}, "eng", folder.path() / "a.html").ok());
  REQUIRE(write_alto(records_of(*exported.archive), {exported.document}, "eng", folder.path()).ok());
  const std::string expected = "<b>&\"\xEF\xBF\xBD\xEF\xBF\xBD";
  CHECK(found_in(folder.path() / "a.html", kWords, "").front() == expected);
  CHECK(found_in(folder.path() / (to_string(PageId{1}) + ".xml"), kStrings, "CONTENT").front() == expected);
  CHECK(xml_text("<b>&\"\xFF\x01") == "&lt;b&gt;&amp;&quot;\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(xml_text("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82") == "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82");
}

TEST_CASE("nothing to export is an error and leaves no file") {
  const TempFolder folder("chartscan-text-export");
  Exported exported({.dpi = 200});
  CHECK(write_hocr(records_of(*exported.archive), {}, "eng", folder.path() / "a.html").error().code == ErrorCode::NotFound);
  CHECK(write_hocr(records_of(*exported.archive), {DocumentId{99}}, "eng", folder.path() / "a.html").error().code == ErrorCode::NotFound);
  CHECK(write_alto(records_of(*exported.archive), {DocumentId{99}}, "eng", folder.path()).error().code == ErrorCode::NotFound);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a language of recognition has the name that documents give it") {
  CHECK(language_tag("eng") == "en");
  CHECK(language_tag("deu+eng") == "de");
  CHECK(language_tag("chi_sim") == "zh-Hans");
  CHECK(language_tag("fil") == "fil");
  CHECK(language_tag("srp_latn") == "srp");
}
