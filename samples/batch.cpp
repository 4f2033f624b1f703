#include "samples/batch.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include "tests/support/random.h"

namespace chartscan::samples {
namespace {

using testing::Encoding;
using testing::ExpectedLink;
using testing::Tone;
using testing::TruthPage;

Look look(Tone tone, Encoding encoding, int dpi, double skew) {
  Look look;
  look.scan.tone = tone;
  look.scan.dpi = dpi;
  look.scan.skew = {skew};
  look.scan.softness = 0.8;
  look.encoding = encoding;
  return look;
}

// Lower case, every run of white space one blank: so that a phrase is found across a line end.
std::string folded(const std::string& text) {
  std::string out;
  for (const unsigned char letter : text) {
    if (std::isspace(letter) == 0) {
      out += static_cast<char>(std::tolower(letter));
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

std::vector<std::string> terms_on(const std::string& page_text, const std::vector<std::string>& terms) {
  std::vector<std::string> found;
  const std::string text = folded(page_text);
  std::copy_if(terms.begin(), terms.end(), std::back_inserter(found),
               [&](const std::string& term) { return text.find(folded(term)) != std::string::npos; });
  return found;
}

bool is_registered(const std::string& mrn) {
  return std::any_of(people().begin(), people().end(), [&](const Person& person) { return person.mrn == mrn; });
}

std::string numbered(const char* prefix, int number, const char* end) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%04d%s", prefix, number, end);
  return text;
}

}  // namespace

Look Look::turned(int rotation) const {
  Look look = *this;
  look.scan.rotation = rotation;
  return look;
}

Look Look::at_dpi(int dpi) const {
  Look look = *this;
  look.scan.dpi = dpi;
  return look;
}

Look Look::faint() const {
  Look look = *this;
  look.scan.ink = 0.3;
  look.scan.noise = 3;
  look.scan.paper_level = 236;
  return look;
}

Look Look::noisy(double sigma) const {
  Look look = *this;
  look.scan.noise = sigma;
  return look;
}

Look Look::speckled(double share) const {
  Look look = *this;
  look.scan.speckle = share;
  return look;
}

Look Look::shadowed(double share) const {
  Look look = *this;
  look.scan.shadow = share;
  return look;
}

Look Look::on_black(double inches) const {
  Look look = *this;
  look.scan.lid = testing::Lid::Black;
  look.scan.overscan = inches;
  return look;
}

Look Look::noted(const std::string& note) const {
  Look look = *this;
  look.note = note;
  return look;
}

Look g4(double skew) {
  Look made = look(Tone::Bitonal, Encoding::CcittG4, 300, skew);
  made.scan.noise = 7;  // ragged edges, as a black and white scanner makes them
  return made;
}

Look lzw_gray(double skew) { return look(Tone::Gray, Encoding::Lzw, 200, skew); }
Look jpeg_gray(double skew) { return look(Tone::Gray, Encoding::Jpeg, 200, skew).noisy(2); }

Look jpeg_color(double skew) {
  Look made = look(Tone::Color, Encoding::Jpeg, 200, skew).noisy(1.5);
  made.scan.paper_level = 250;
  return made;
}

void Batch::add(const SampleDocument& document, const std::vector<Look>& looks, ExpectedLink link) {
  if (looks.size() > document.sheets.size())
    throw std::logic_error("a " + document.type + " has fewer sheets than looks were given for");
  const std::string key = begin(document);
  for (std::size_t i = 0; i < document.sheets.size(); ++i) sheet(document, key, i, looks[std::min(i, looks.size() - 1)], link);
}

std::string Batch::begin(const SampleDocument& document) {
  std::size_t found = 0;
  for (const auto& term : document.terms) {
    found += std::any_of(document.sheets.begin(), document.sheets.end(),
                         [&](const auto& sheet) { return !terms_on(sheet->paper.text(), {term}).empty(); });
  }
  if (found != document.terms.size() || found < 2)
    throw std::logic_error("a search term of a " + document.type + " is not printed on it");
  return name_ + "/" + numbered("document-", ++documents_, "");
}

void Batch::sheet(const SampleDocument& document, const std::string& key, std::size_t index, const Look& look,
                  ExpectedLink link) {
  const auto& sheet = document.sheets.at(index);
  TruthPage truth;
  truth.document = key;
  truth.doc_type = document.type;
  if (is_registered(document.visit.person.mrn)) truth.mrn = document.visit.person.mrn;
  truth.link = link;
  truth.signature = sheet->paper.has_signature;
  if (!document.visit.date.empty()) truth.service_date = document.visit.date;
  truth.barcodes = sheet->barcodes;
  truth.search_terms = terms_on(sheet->paper.text(), document.terms);
  truth.printed = sheet->printed;
  truth.text = sheet->paper.text();
  feed(sheet, look, std::move(truth));
}

void Batch::patch_sheet(testing::Patch patch, const Look& look) {
  auto sheet = std::make_shared<Sheet>();
  testing::draw_patch(sheet->paper, patch);
  const Type type{"Liberation Sans", 26, true};
  sheet->paper.text({306, 330}, "DOCUMENT SEPARATOR", type, testing::Align::Center);
  sheet->paper.text({306, 372}, patch == testing::Patch::T ? "PATCH T" : "PATCH II", type.sized(18), testing::Align::Center);
  sheet->paper.text({306, 402}, "This edge first. Do not file. Reuse until worn.", type.sized(11), testing::Align::Center);
  TruthPage truth;
  truth.separator = true;
  truth.text = sheet->paper.text();
  feed(sheet, look, std::move(truth));
}

void Batch::barcode_sheet(const std::string& payload, const Look& look) {
  auto sheet = std::make_shared<Sheet>();
  const Type type{"DejaVu Sans", 22, true};
  sheet->paper.text({306, 250}, "NEW DOCUMENT", type, testing::Align::Center);
  testing::draw_code128(sheet->paper, {156, 320, 300, 90}, payload);
  sheet->paper.text({306, 418}, payload, type.sized(12), testing::Align::Center);
  sheet->barcodes.push_back(payload);
  TruthPage truth;
  truth.separator = true;
  truth.barcodes = sheet->barcodes;
  truth.text = sheet->paper.text();
  feed(sheet, look, std::move(truth));
}

void Batch::blank(const Look& look, int dust) {
  auto sheet = std::make_shared<Sheet>();
  testing::Random random(hand_of(name_) + sides_.size());
  for (int i = 0; i < dust; ++i) {
    sheet->paper.dot({random.between(20, 590), random.between(20, 770)}, random.between(0.25, 0.8));
  }
  TruthPage truth;
  truth.blank = true;
  feed(sheet, look, std::move(truth));
}

void Batch::again(int back, const Look& look) {
  const Side first = sides_.at(sides_.size() - back);
  TruthPage truth = first.truth;
  truth.duplicate_of = truth.page;
  feed(first.sheet, look, std::move(truth));
}

void Batch::feed(std::shared_ptr<const Sheet> sheet, Look look, TruthPage truth) {
  const int index = static_cast<int>(sides_.size());
  look.scan.seed = hand_of(name_) + static_cast<std::uint64_t>(index) * 1009;
  if (look.scan.skew.value == kNatural) {
    testing::Random random(look.scan.seed);
    look.scan.skew.value = (random.below(81) - 40) / 100.0;
  }
  truth.batch = name_;
  switch (container_) {
    case Container::Tiff: truth.page = {name_ + ".tif", index}; break;
    case Container::Pdf: truth.page = {name_ + ".pdf", index}; break;
    case Container::ImageFolder:
      truth.page = {name_ + "/" + numbered("page-", index + 1, look.encoding == Encoding::Jpeg ? ".jpg" : ".png"), 0};
  }
  truth.rotation = look.scan.rotation;
  truth.skew_deg = look.scan.skew.value;
  truth.note = look.note;
  sides_.push_back({std::move(sheet), std::move(look), std::move(truth)});
}

void Batch::write(const std::filesystem::path& folder, std::vector<TruthPage>& truth) const {
  std::filesystem::create_directories(container_ == Container::ImageFolder ? folder / name_ : folder);
  std::vector<testing::EncodedPage> pages;
  for (const auto& side : sides_) {
    truth.push_back(side.truth);
    auto image = testing::scanned(side.sheet->paper, side.look.scan);
    if (container_ != Container::ImageFolder) {
      pages.push_back({std::move(image), side.look.encoding, side.look.quality});
    } else if (side.look.encoding == Encoding::Jpeg) {
      testing::write_jpeg(folder / side.truth.page.file, image, side.look.quality);
    } else {
      testing::write_png(folder / side.truth.page.file, image);
    }
  }
  if (container_ == Container::Tiff) testing::write_tiff(folder / (name_ + ".tif"), pages);
  if (container_ == Container::Pdf) testing::write_pdf(folder / (name_ + ".pdf"), pages);
}

}  // namespace chartscan::samples
