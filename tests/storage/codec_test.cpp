#include "storage/codec.h"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/storage/examples.h"

using namespace chartscan;
using namespace chartscan::storage;

namespace {

// Every member of the examples differs from its default, so a member that is forgotten on either way shows up here.
template <typename T>
void check_same_bytes(const T& value, Result<T> (*decode)(std::string_view)) {
  const std::string bytes = encode(value);
  const Result<T> back = decode(bytes);
  REQUIRE(back.ok());
  CHECK(encode(*back) == bytes);
}

// Whatever is done to a record, decoding returns; most damage is an error of the right kind.
template <typename T>
int count_refused(const std::string& good, Result<T> (*decode)(std::string_view)) {
  int refused = 0;
  const auto try_out = [&](const std::string& bytes) {
    const Result<T> result = decode(bytes);
    if (result.ok()) return;
    REQUIRE(result.error().code == ErrorCode::Integrity);
    REQUIRE_FALSE(result.error().message.empty());
    ++refused;
  };
  for (std::size_t length = 0; length < good.size(); ++length) try_out(good.substr(0, length));
  std::mt19937 random(7);
  for (int i = 0; i < 4000; ++i) {
    std::string bytes = good;
    for (int n = 0; n < 1 + i % 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
    try_out(bytes);
  }
  return refused;
}

}  // namespace

TEST_CASE("a page keeps every field through bytes", "[storage][codec]") {
  const Page page = examples::form_page(42, 7);
  const Result<Page> back = decode_page(encode(page));
  REQUIRE(back.ok());
  CHECK(back->id == page.id);
  CHECK(back->batch == page.batch);
  CHECK(back->sequence == page.sequence);
  CHECK(back->original.blob == page.original.blob);
  CHECK(back->original.media == page.original.media);
  CHECK(back->original.index == page.original.index);
  CHECK(back->original.file == page.original.file);
  CHECK(back->state == page.state);
  CHECK(back->rejected_because == page.rejected_because);
  CHECK(back->geometry.delivered == page.geometry.delivered);
  CHECK(back->geometry.dpi_x == page.geometry.dpi_x);
  CHECK(back->geometry.dpi_y == page.geometry.dpi_y);
  CHECK(back->geometry.rotation == page.geometry.rotation);
  CHECK(back->geometry.skew == page.geometry.skew);
  CHECK(back->geometry.working == page.geometry.working);
  CHECK(back->geometry.scale_x == page.geometry.scale_x);
  CHECK(back->geometry.scale_y == page.geometry.scale_y);
  CHECK(back->quality.ink == page.quality.ink);
  CHECK(back->quality.contrast == page.quality.contrast);
  CHECK(back->quality.noise == page.quality.noise);
  CHECK(back->quality.skew_confidence == page.quality.skew_confidence);
  CHECK(back->quality.text_confidence == page.quality.text_confidence);
  CHECK(back->quality.words == page.quality.words);
  CHECK(back->quality.paper == page.quality.paper);
  CHECK(back->quality.ink_level == page.quality.ink_level);
  CHECK(back->quality.sharpness == page.quality.sharpness);
  CHECK(back->quality.streak == page.quality.streak);
  CHECK(back->quality.streak_at == page.quality.streak_at);
  CHECK(back->quality.cut_off == page.quality.cut_off);
  CHECK(back->blank == page.blank);
  CHECK(back->separator == page.separator);
  REQUIRE(back->barcodes.size() == 1);
  CHECK(back->barcodes[0].payload == page.barcodes[0].payload);
  CHECK(back->barcodes[0].format == page.barcodes[0].format);
  CHECK(back->barcodes[0].box == page.barcodes[0].box);
  REQUIRE(back->types.size() == 2);
  CHECK(back->types[1].type == page.types[1].type);
  CHECK(back->types[1].confidence == page.types[1].confidence);
  CHECK(back->first_page_cue == page.first_page_cue);
  REQUIRE(back->fields.size() == 1);
  CHECK(back->fields[0].kind == page.fields[0].kind);
  CHECK(back->fields[0].value == page.fields[0].value);
  CHECK(back->fields[0].box == page.fields[0].box);
  CHECK(back->fields[0].confidence == page.fields[0].confidence);
  CHECK(back->fields[0].source == page.fields[0].source);
  CHECK(back->signature_line == page.signature_line);
  CHECK(back->signature == page.signature);
  CHECK(back->fingerprint == page.fingerprint);
  CHECK(back->findings == page.findings);
  REQUIRE(back->stamps.size() == 1);
  CHECK(back->stamps[0].name == page.stamps[0].name);
  CHECK(back->stamps[0].version == page.stamps[0].version);
  CHECK(back->stamps[0].settings == page.stamps[0].settings);
  CHECK(back->document == page.document);
  CHECK(back->duplicate_of == page.duplicate_of);
}

TEST_CASE("what scanners and people add to a page and a batch keeps every field through bytes", "[storage][codec]") {
  const Page page = examples::form_page(42, 7);
  const Result<Page> back = decode_page(encode(page));
  REQUIRE(back.ok());
  REQUIRE(back->capture);
  CHECK(back->capture->sheet == 17);
  CHECK(back->capture->side == 1);
  CHECK(back->capture->attempt == 2);
  CHECK(back->capture->last_of_sheet);
  CHECK(back->capture->dpi == 300);
  CHECK(back->capture->mode == "gray");
  CHECK(back->decisions == page.decisions);
  CHECK(back->superseded_by == page.superseded_by);
  CHECK(back->cues == page.cues);

  const Batch batch = examples::scanned_batch(3);
  const Result<Batch> same = decode_batch(encode(batch));
  REQUIRE(same.ok());
  CHECK(same->state == BatchState::Stopped);
  CHECK(same->expected_sheets == 60);
  CHECK(same->profile == "charts");
  CHECK(same->scan.source == "adf-duplex");
  CHECK(same->scan.height_mm == 279.4);
  REQUIRE(same->stop);
  CHECK(same->stop->reason == "jam");
  CHECK(same->stop->advice == "put back sheet 17");
  CHECK(same->suspects == batch.suspects);
  CHECK(same->interruptions == 3);
  CHECK(same->journal.lines == 42);
  CHECK(same->journal.hash == batch.journal.hash);
  check_same_bytes(batch, decode_batch);
}

TEST_CASE("a journal line keeps every field through bytes, and damage to it is found", "[storage][codec]") {
  const JournalLine line = examples::journal_line();
  check_same_bytes(line, decode_journal_line);
  const Result<JournalLine> back = decode_journal_line(encode(line));
  REQUIRE(back.ok());
  REQUIRE(back->before.size() == 1);
  CHECK(back->before[0].decisions == line.before[0].decisions);
  CHECK(back->suspects == line.suspects);
  CHECK(back->undoes == 12);
  CHECK(count_refused(encode(line), decode_journal_line) > 0);
}

TEST_CASE("a page as intake makes it comes back with its defaults", "[storage][codec]") {
  Page page;
  page.geometry.scale_x = 0;  // zero is a value too, not 'absent, so the default of one'
  const Result<Page> back = decode_page(encode(page));
  REQUIRE(back.ok());
  CHECK(back->geometry.scale_x == 0);
  CHECK(back->geometry.scale_y == 1);
  CHECK_FALSE(back->document.has_value());
  CHECK(back->state == PageState::Received);
}

TEST_CASE("a batch keeps every field through bytes", "[storage][codec]") {
  const Batch batch = examples::batch(7);
  const Result<Batch> back = decode_batch(encode(batch));
  REQUIRE(back.ok());
  CHECK(back->id == batch.id);
  CHECK(back->name == batch.name);
  CHECK(back->source == batch.source);
  CHECK(back->content == batch.content);
  CHECK(back->device == batch.device);
  CHECK(back->operator_name == batch.operator_name);
  CHECK(back->state == batch.state);
  CHECK(back->sides_fed == batch.sides_fed);
  CHECK(back->expected_pages == batch.expected_pages);
  REQUIRE(back->refused.size() == 1);
  CHECK(back->refused[0].file == batch.refused[0].file);
  CHECK(back->refused[0].page == batch.refused[0].page);
  CHECK(back->refused[0].message == batch.refused[0].message);
  CHECK(back->findings == batch.findings);
  CHECK(back->opened_at == batch.opened_at);
  CHECK(back->closed_at == batch.closed_at);
}

TEST_CASE("a document keeps every field through bytes", "[storage][codec]") {
  const Document document = examples::document(42, 7);
  const Result<Document> back = decode_document(encode(document));
  REQUIRE(back.ok());
  CHECK(back->id == document.id);
  CHECK(back->batch == document.batch);
  CHECK(back->pages == document.pages);
  CHECK(back->type == document.type);
  CHECK(back->type_confidence == document.type_confidence);
  CHECK(back->service_date == document.service_date);
  CHECK(back->author == document.author);
  CHECK(back->link.status == document.link.status);
  CHECK(back->link.mrn == document.link.mrn);
  CHECK(back->link.confidence == document.link.confidence);
  REQUIRE(back->link.candidates.size() == 1);
  REQUIRE(back->link.candidates[0].reasons.size() == 2);
  const LinkReason& reason = back->link.candidates[0].reasons[1];
  CHECK(reason.field == "dob");
  CHECK(reason.agreement == Agreement::Disagrees);
  CHECK(reason.weight == -4.25);
  CHECK(reason.detail == document.link.candidates[0].reasons[1].detail);
  CHECK(back->link.candidates[0].mrn == document.link.candidates[0].mrn);
  CHECK(back->link.candidates[0].confidence == document.link.candidates[0].confidence);
  CHECK(back->link.reasons.size() == 2);
  CHECK(back->filed == document.filed);
  CHECK(back->findings == document.findings);
  CHECK(back->decided_by == document.decided_by);
}

TEST_CASE("a patient keeps every field through bytes", "[storage][codec]") {
  const Patient patient = examples::patient("MRN-1");
  const Result<Patient> back = decode_patient(encode(patient));
  REQUIRE(back.ok());
  CHECK(*back == patient);
}

TEST_CASE("encoding what was decoded gives the same bytes", "[storage][codec]") {
  check_same_bytes<Page>(examples::page(1, 2), decode_page);
  check_same_bytes<Batch>(examples::batch(3), decode_batch);
  check_same_bytes<Document>(examples::document(4, 5), decode_document);
  check_same_bytes<Patient>(examples::patient("x"), decode_patient);
  check_same_bytes<PageText>(examples::text(), decode_text);
}

TEST_CASE("records are the CBOR that the library writes", "[storage][codec]") {
  using nlohmann::json;
  Page odd = examples::page(1, 2);
  odd.geometry.skew.value = -0.1;
  odd.quality.ink = std::numeric_limits<double>::infinity();
  odd.quality.contrast = 1e300;
  odd.quality.noise = -0.0;
  odd.sequence = -70000;
  odd.original.file = std::string(300, 'x');
  for (const std::string& bytes : {encode(examples::page(1, 2)), encode(odd), encode(Page{}), encode(examples::batch(3)), encode(examples::document(4, 5))}) {
    std::string again(1, bytes[0]);
    json::to_cbor(json::from_cbor(bytes.begin() + 1, bytes.end()), again);
    CHECK(again == bytes);
  }
}

TEST_CASE("a page's words keep text, box and line exactly and confidence to 1/255", "[storage][codec]") {
  const PageText text = examples::text();
  const Result<PageText> back = decode_text(encode(text));
  REQUIRE(back.ok());
  REQUIRE(back->words.size() == text.words.size());
  for (std::size_t i = 0; i < text.words.size(); ++i) {
    CHECK(back->words[i].text == text.words[i].text);
    CHECK(back->words[i].box == text.words[i].box);
    CHECK(back->words[i].line == text.words[i].line);
    CHECK(std::abs(back->words[i].confidence - text.words[i].confidence) <= 0.501 / 255);
  }
}

TEST_CASE("boxes at the ends of int survive", "[storage][codec]") {
  constexpr int kMin = std::numeric_limits<int>::min(), kMax = std::numeric_limits<int>::max();
  PageText text;
  text.words.push_back({"a", {kMin, kMin, kMax, kMax}, 1, kMin});
  text.words.push_back({"b", {kMax, kMax, kMin, kMin}, 0, kMax});
  const Result<PageText> back = decode_text(encode(text));
  REQUIRE(back.ok());
  CHECK(back->words[0].box == text.words[0].box);
  CHECK(back->words[1].box == text.words[1].box);
  CHECK(back->words[1].line == kMax);
}

TEST_CASE("a page without words is not a damaged page", "[storage][codec]") {
  const Result<PageText> back = decode_text(encode(PageText{}));
  REQUIRE(back.ok());
  CHECK(back->words.empty());
}

TEST_CASE("bytes that are not UTF-8 come back as they were", "[storage][codec]") {
  Page page = examples::page(1, 1);
  page.original.file = "scan-\xff\xfe.tif";  // a file name may be any bytes
  const Result<Page> back = decode_page(encode(page));
  REQUIRE(back.ok());
  CHECK(back->original.file == page.original.file);
}

TEST_CASE("damaged records are integrity errors, never more than that", "[storage][codec]") {
  CHECK(count_refused<Page>(encode(examples::page(1, 2)), decode_page) > 300);
  CHECK(count_refused<Batch>(encode(examples::batch(3)), decode_batch) > 100);
  CHECK(count_refused<Document>(encode(examples::document(4, 5)), decode_document) > 300);
  CHECK(count_refused<Patient>(encode(examples::patient("x")), decode_patient) > 100);
  CHECK(count_refused<PageText>(encode(examples::text()), decode_text) > 100);
}

TEST_CASE("a record that claims to be nested a million deep is refused", "[storage][codec]") {
  std::string bytes(1, 1);
  bytes.append(1'000'000, '\x81');  // an array of one array of one array...
  CHECK(decode_page(bytes).error().code == ErrorCode::Integrity);
}

TEST_CASE("a record of a later version says so", "[storage][codec]") {
  std::string bytes = encode(examples::page(1, 2));
  bytes[0] = 9;
  CHECK(decode_page(bytes).error().message.find("version 9") != std::string::npos);
}

TEST_CASE("every page state has a byte of its own", "[storage][codec]") {
  for (int i = 0; i <= static_cast<int>(PageState::Rejected); ++i) {
    const auto state = static_cast<PageState>(i);
    const auto row = decode_page_row(encode(PageRow{state, 70'000}));
    REQUIRE(row);
    CHECK(row->state == state);
    CHECK(row->sequence == 70'000);
  }
  CHECK(decode_page_row("f")->sequence == 0);  // as format 1 wrote it
  CHECK_FALSE(decode_page_row("?"));
  CHECK_FALSE(decode_page_row(""));
  CHECK_FALSE(decode_page_row("f12"));
  CHECK_FALSE(decode_page_row(std::string("f\x80\0\0\0", 5)));  // more than any batch has
  CHECK_FALSE(decode_page_row(std::string("f\0\0\0\1\0", 6)));
}
