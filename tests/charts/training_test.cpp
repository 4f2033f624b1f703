#include <algorithm>
#include <catch2/catch.hpp>

#include "charts/chart_order.h"
#include "charts/document_types.h"
#include "charts/training/examples.h"
#include "charts/training/trainer.h"
#include "charts/type_model.h"
#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::training;
using namespace chartscan::charts::testing;

namespace {

constexpr const char* kTemplates = R"(
: drug = aspirin | warfarin | heparin
== medication_list
# {MEDICATION LIST|Home medications}
*3-6 <drug> || <n:5-90> mg || daily
? Reviewed <date>
== medication_list
# CURRENT MEDICATIONS
*3-6 <drug> <n:5-90> mg {each morning|at night}
== lab_report
# {LAB RESULTS|Laboratory report}
*3-6 {Sodium|Potassium|Glucose} || <n:1-150> || mmol/L
== lab_report
# Chemistry
*3-6 {Sodium|Potassium|Calcium} <n:1-150> {high|low|} mmol/L
)";

TemplateSet templates(const char* text = kTemplates) {
  TemplateSet set;
  REQUIRE(set.add("test.txt", text).ok());
  return set;
}

std::vector<Example> examples(int copies) {
  Dressing dressing;
  dressing.copies = copies;
  return examples_of(templates(), dressing).value();
}

}  // namespace

TEST_CASE("a template is filled anew for each seed, and equally for equal seeds", "[charts][training]") {
  const TemplateSet set = templates("== letter\n# TITLE\n*2-2 {a|b|c|d|e|f} <n:1-900>\n");
  REQUIRE(set.templates().size() == 1);
  const auto filled = [&](std::uint64_t seed) {
    Random random(seed);
    return set.expand(set.templates()[0], random);
  };
  CHECK(filled(1) == filled(1));
  CHECK(filled(1) != filled(2));
  const std::string text = filled(3);
  CHECK(text.starts_with("# TITLE\n"));
  CHECK(text.find('{') == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);  // title, two lines, the end of the block
}

TEST_CASE("a template file that is wrong is named with its line", "[charts][training]") {
  TemplateSet set;
  const auto added = set.add("bad.txt", "\ntext before any type\n");
  REQUIRE_FALSE(added.ok());
  CHECK(to_string(added.error()).find("bad.txt, line 2") != std::string::npos);
  REQUIRE(set.add("odd.txt", "== no_such_type\nwords\n").ok());
  CHECK_FALSE(examples_of(set, {}).ok());
}

TEST_CASE("text is laid out with titles, columns, boxes and lines to sign", "[charts][training]") {
  const TextPage page = lay_out_text("# TITLE\n[ ] Yes [x] No\nName:\tDoe\nSignature ________ Date ____\n");
  CHECK(page.look.check_boxes == 2);
  CHECK(page.look.places_to_sign == 1);
  REQUIRE(page.text.words.size() == 7);
  CHECK(page.text.words[0].box.height() > page.text.words[1].box.height());
  CHECK(page.text.words[4].box.x0 - page.text.words[3].box.x1 > 2 * page.text.words[3].box.height());
}

TEST_CASE("the same examples make the same model, byte for byte, and it tells them apart", "[charts][training]") {
  const Trained first = train(examples(12)), again = train(examples(12));
  CHECK(first.model.write() == again.model.write());
  CHECK(first.report.pages == 48);
  const auto best = [&](const char* text) {
    const TextPage page = lay_out_text(text);
    return classify(page.text, page.look, first.model).types.front().type;
  };
  CHECK(best("# LAB RESULTS\nSodium\t140\tmmol/L\nPotassium\t4\tmmol/L\n") == "lab_report");
  CHECK(best("# Home medications\naspirin\t81 mg\tdaily\nwarfarin\t5 mg\tdaily\n") == "medication_list");
}

TEST_CASE("a model that was written is read again and says the same", "[charts][training]") {
  const std::string bytes = TypeModel::shipped().write();
  const auto back = TypeModel::parse(bytes);
  REQUIRE(back.ok());
  CHECK(back->write() == bytes);
  const TypeEvidence evidence = evidence_of(PageBuilder().centred("OPERATIVE REPORT").line("ANESTHESIA: General."), {kLetter});
  CHECK(back->probabilities(evidence) == TypeModel::shipped().probabilities(evidence));
}

TEST_CASE("a damaged model is refused by its line", "[charts][training]") {
  const std::string good = TypeModel::shipped().write();
  CHECK_FALSE(TypeModel::parse("").ok());
  CHECK_FALSE(TypeModel::parse("chartscan type model 9\n").ok());
  const auto bad = TypeModel::parse(good.substr(0, good.find("\n\n") + 2) + "w:word\t3:x\n");
  REQUIRE_FALSE(bad.ok());
  CHECK(to_string(bad.error()).find("line ") != std::string::npos);
  CHECK_FALSE(TypeModel::parse(good.substr(0, good.find("\n\n") + 2) + "w:word\t99999:3\n").ok());
}

TEST_CASE("a type comes with the words that spoke for it, and where they stand", "[charts][training]") {
  const PageClass page = classify(PageBuilder().centred("OPERATIVE REPORT").line("PREOPERATIVE DIAGNOSIS: Hernia.").line("The patient was prepped and draped."), {kLetter});
  REQUIRE_FALSE(page.reasons.empty());
  CHECK(page.reasons.front().says.find("OPERATIVE REPORT") != std::string::npos);
  CHECK(page.reasons.front().weight > 0);
  CHECK(page.reasons.front().box.y0 == 120);
}

TEST_CASE("the orders of a chart name tabs that exist, and the permanent file runs forward", "[charts][order]") {
  REQUIRE(chart_profiles().size() >= 2);
  CHECK(chart_profiles().front().name == "care");
  const ChartProfile* permanent = find_chart_profile("permanent");
  REQUIRE(permanent);
  const auto document = [](std::uint64_t id, Date date) {
    Document d;
    d.id = DocumentId{id};
    d.type = "progress_note";
    d.service_date = date;
    return d;
  };
  const auto sections = chart_order({document(1, {2022, 1, 1}), document(2, {}), document(3, {2021, 1, 1})}, *permanent);
  REQUIRE(sections.size() == 1);
  CHECK(sections[0].documents[0].id == DocumentId{3});
  CHECK(sections[0].documents[1].id == DocumentId{1});
  CHECK(sections[0].documents[2].id == DocumentId{2});
  CHECK_FALSE(parse_chart_profile("x.toml", "name = 'x'\norder = 'newest first'\nsections = ['No such tab']").ok());
  CHECK_FALSE(parse_chart_profile("x.toml", "name = 'x'\norder = 'sideways'\nsections = []").ok());
}

TEST_CASE("paper that was scanned twice is shown once, with a note", "[charts][order]") {
  Document first, copy;
  first.id = DocumentId{1}, copy.id = DocumentId{2};
  first.type = copy.type = "lab_report";
  copy.duplicate_of = first.id;
  const auto sections = chart_order({copy, first});
  REQUIRE(sections.size() == 1);
  REQUIRE(sections[0].documents.size() == 1);
  CHECK(sections[0].documents[0].id == first.id);
  CHECK(has_finding(sections[0].documents[0].findings, finding::kDuplicateDocument));
  CHECK(chart_order({copy})[0].documents.size() == 1);  // the first one is in another chart: nothing may vanish
}
