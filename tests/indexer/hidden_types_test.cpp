// SearchOptions::hidden_types: every answer is that of an archive which does not hold the pages.
#include <map>
#include <random>

#include "indexer/index_upkeep.h"
#include "indexer/unfound.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using testing::Corpus;
using testing::page_text;

const std::vector<std::string> kHidden{"psychotherapy_note", "hiv_result"};

struct Sheet {
  std::uint64_t id = 0, document = 0;  // 0: in no document
  std::string own_type, document_type, mrn, text;
  int year = 2019;
  bool is_hidden() const {
    const auto hides = [](const std::string& type) { return std::ranges::find(kHidden, type) != kHidden.end(); };
    return hides(own_type) || (document != 0 && hides(document_type));
  }
};

// Pages of documents of two; every second one in a row of words that only hidden pages, only visible ones, or both have.
std::vector<Sheet> sheets() {
  std::mt19937 random(7);
  const std::vector<std::string> types{"progress_note", "psychotherapy_note", "lab_report", "hiv_result"};
  const std::vector<std::string> words{"chest", "pain", "fever", "asthma", "aspirin", "hyper", "hypertension", "cough", "clinic", "12/03/2019", "S24"};
  std::vector<Sheet> all;
  for (std::uint64_t id = 1; id <= 400; ++id) {
    Sheet sheet;
    sheet.id = id;
    sheet.document = id % 11 == 0 ? 0 : (id + 1) / 2;
    sheet.document_type = types[(id + 1) / 2 % 5 % 4];
    sheet.own_type = id % 13 == 0 ? "hiv_result" : id % 7 == 0 ? "" : sheet.document_type;
    sheet.mrn = "MRN-" + std::to_string(sheet.document % 9);
    sheet.year = 2015 + static_cast<int>(sheet.document % 6);
    for (int i = 0; i < 30; ++i) sheet.text += words[random() % words.size()] + (i % 6 == 5 ? "\n" : " ");
    sheet.text += sheet.is_hidden() ? " secretword hypertensi0n24 hypocrite" : id % 3 == 0 ? " openword hypertensi0n" : "";
    all.push_back(std::move(sheet));
  }
  return all;
}

void add(Corpus& corpus, const std::vector<Sheet>& all, bool with_hidden) {
  std::map<std::uint64_t, Document> documents;
  for (const Sheet& sheet : all) {
    if (!with_hidden && sheet.is_hidden()) continue;
    Page page;
    page.id = PageId{sheet.id};
    page.batch = BatchId{1};
    if (!sheet.own_type.empty()) page.types = {{sheet.own_type, 0.9}, {"progress_note", 0.1}};
    page.quality.words = sheet.id % 17 == 0 ? 0 : 30;
    page.quality.text_confidence = 0.9;
    page.state = PageState::Processed;
    if (sheet.document != 0) page.document = DocumentId{sheet.document};
    storage::Change change;
    change.put(page);
    change.put(page.id, page_text(sheet.text));
    index_page(change, page, page_text(sheet.text));
    corpus.commit(change);
    if (sheet.document == 0) continue;
    Document& document = documents[sheet.document];
    document.id = DocumentId{sheet.document};
    document.batch = BatchId{1};
    document.type = sheet.document_type;
    document.service_date = {sheet.year, 3, 5};
    document.link.mrn = sheet.mrn;
    document.link.status = LinkStatus::Auto;
    document.filed = true;
    document.pages.push_back(page.id);
  }
  for (const auto& [id, document] : documents) corpus.add(document);
}

std::string told(const std::vector<FacetValue>& values) {
  std::string text;
  for (const FacetValue& value : values) text += value.value + "=" + std::to_string(value.pages) + " ";
  return text;
}

// Everything that an answer tells but the place to go on from, which names the newest page.
std::string told(const Answer& answer) {
  std::ostringstream out;
  out.precision(12);
  out << "total " << answer.total << " written " << answer.as_written << " similar " << answer.similar.value_or(0) << " groups "
      << answer.total_groups.value_or(0) << "\n";
  for (const std::string& note : answer.notes) out << note << "\n";
  for (const Hit& hit : answer.hits) out << hit.page.value << " " << hit.score << " " << hit.similar << " " << hit.snippet << " " << hit.boxes.size() << "\n";
  for (const Group& group : answer.groups) out << (group.document ? group.document->value : 0) << group.mrn << " " << group.total << "\n";
  for (const HitPhrase& phrase : answer.phrases)
    for (const HitWord& word : phrase)
      for (const std::string& term : word.terms) out << term << "\n";
  if (answer.facets) out << told(answer.facets->types) << told(answer.facets->years) << told(answer.facets->facilities) << told(answer.facets->statuses);
  return out.str();
}

TEST_CASE("pages of hidden types are answered as if the archive did not hold them", "[indexer][search][hidden]") {
  const std::vector<Sheet> all = sheets();
  Corpus whole, without;
  add(whole, all, true);
  add(without, all, false);
  const int segments = GENERATE(0, 1, 2);
  for (Corpus* corpus : {&whole, &without}) {
    if (segments == 1) REQUIRE(flush(corpus->archive()).ok());
    if (segments == 2) {
      REQUIRE(flush(corpus->archive()).ok());
      REQUIRE(merge_all(corpus->archive()).ok());
    }
  }
  const std::vector<std::string> questions{
      "chest", "chest pain", "chest OR fever", "\"chest pain\"", "hyper*", "hypo*", "secret*", "asthna~", "secretword", "secretwrod", "openword", "hypertensi0n24",
      "chest -pain", "chest NEAR/3 fever", "*", "type:psychotherapy_note", "type:lab", "type:hiv_result OR chest", "chest date:2017..2018", "date:2016", "mrn:MRN-1 fever",
      "document:D00000001", "document:D00000003", "status:filed", "is:unfound", "is:unread", "NOT chest", "chest sort:date", "S24", "hypertension", "\"hyp* chest\""};
  for (const std::string& question : questions) {
    for (const GroupBy group : {GroupBy::Page, GroupBy::Document, GroupBy::Chart}) {
      for (const Spelling spelling : {Spelling::Tolerant, Spelling::AsWritten}) {
        SearchOptions options;
        options.group = group;
        options.spelling = spelling;
        options.facets = true;
        options.limit = question == "chest" ? 7 : 1000;
        const std::string wanted = told(without.ask(question, options));
        options.hidden_types = kHidden;
        INFO(question << " group " << static_cast<int>(group) << " segments " << segments);
        CHECK(told(whole.ask(question, options)) == wanted);
        CHECK(told(without.ask(question, options)) == wanted);
      }
    }
  }
}

TEST_CASE("page after page of an answer, none of a hidden type is met", "[indexer][search][hidden]") {
  const std::vector<Sheet> all = sheets();
  Corpus corpus;
  add(corpus, all, true);
  SearchOptions options;
  options.hidden_types = kHidden;
  options.limit = 9;
  std::size_t met = 0;
  for (;;) {
    const Answer answer = corpus.ask("chest pain", options);
    for (const Hit& hit : answer.hits) CHECK_FALSE(all[hit.page.value - 1].is_hidden());
    met += answer.hits.size();
    if (answer.next.empty()) {
      CHECK(met == answer.as_written + answer.similar.value_or(0));
      break;
    }
    options.after = answer.next;
  }
}

TEST_CASE("a page that becomes of a hidden type is hidden from the next question on, and shown again when it no longer is", "[indexer][search][hidden]") {
  Corpus corpus;
  const PageId page = corpus.add("chest pain");
  SearchOptions options;
  options.hidden_types = kHidden;
  CHECK(corpus.ask("chest", options).total == 1);
  Document document;
  document.id = DocumentId{1};
  document.type = "HIV result";  // as a code: hiv_result
  document.pages = {page};
  corpus.add(document);
  CHECK(corpus.ask("chest", options).total == 0);
  CHECK(corpus.ask("chest").total == 1);
  Document after = document;
  after.type = "progress_note";
  storage::Change change;
  change.put(after);
  index_document(change, &document, after);
  corpus.commit(change);
  CHECK(corpus.ask("chest", options).total == 1);
}

TEST_CASE("what cannot be found is not told of hidden types", "[indexer][hidden]") {
  const std::vector<Sheet> all = sheets();
  Corpus whole, without;
  add(whole, all, true);
  add(without, all, false);
  const auto told = [](Corpus& corpus, const std::vector<std::string>& hidden) {
    std::vector<std::uint64_t> pages;
    const auto looked_at = unfound_pages(corpus.records(), [&](const Page& page, Unfound) { return pages.push_back(page.id.value), true; }, hidden);
    REQUIRE(looked_at.ok());
    pages.push_back(*looked_at);
    return pages;
  };
  CHECK(told(whole, kHidden) == told(without, {}));
  CHECK(told(whole, {}).size() > told(whole, kHidden).size());
}

}  // namespace
}  // namespace chartscan::indexer
