// From a box of scans to a searchable chart: the samples through the real program, held against their truth.
#include <catch2/catch.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <set>

#include "tests/e2e/archive_of_samples.h"

using namespace chartscan::testing;
using nlohmann::json;

namespace {

std::string name_of(const TruthPage& truth) { return truth.page.file + " page " + std::to_string(truth.page.page_index + 1); }

const json& exported(const TruthPage& truth) {
  const auto& pages = sample_archive().by_page;
  const auto found = pages.find(truth.page);
  INFO(name_of(truth));
  REQUIRE(found != pages.end());
  return found->second;
}

}  // namespace

TEST_CASE("every page of the samples is in the ledger, and every ledger balances", "[e2e]") {
  const SampleArchive& archive = sample_archive();
  INFO(archive.ingested.err);
  CHECK(archive.ingested.exit_code == 1);  // some pages of the samples are meant for a person
  CHECK(archive.pages.size() == archive.truth.size());
  for (const TruthPage& truth : archive.truth) exported(truth);
  int fed = 0;
  for (const json& batch : archive.run_json({"batches"})) {
    const json& ledger = batch.at("ledger");
    INFO(batch.dump());
    CHECK(ledger.at("balances") == true);
    CHECK(ledger.at("fed") == ledger.at("filed").get<int>() + ledger.at("separators").get<int>() + ledger.at("blanks").get<int>() +
                                  ledger.at("review").get<int>() + ledger.at("rejected").get<int>() + ledger.at("superseded").get<int>());
    fed += ledger.at("fed").get<int>();
  }
  CHECK(fed == static_cast<int>(archive.truth.size()));
}

TEST_CASE("no page of the samples is linked automatically to a wrong patient", "[e2e]") {
  int automatic = 0, possible = 0;
  for (const TruthPage& truth : sample_archive().truth) {
    const json& page = exported(truth);
    possible += truth.link == ExpectedLink::AutoOk;
    if (page.at("link_status") != "auto") continue;
    ++automatic;
    INFO(name_of(truth) << ": " << truth.note);
    CHECK(truth.mrn.has_value());
    CHECK(page.at("mrn") == truth.mrn.value_or("nobody in the index"));
    CHECK(truth.link == ExpectedLink::AutoOk);
  }
  INFO(automatic << " of " << possible << " pages that may be linked automatically were");
  std::cout << "links: " << automatic << " of " << possible << " linkable pages automatic\n";
  CHECK(automatic * 10 >= possible * 7);  // safe is not enough: most of what can be linked is
}

TEST_CASE("every document of the samples is found by the words of its truth row", "[e2e]") {
  const SampleArchive& archive = sample_archive();
  std::map<std::string, std::set<std::string>> pages_of_document;  // "batch/document" -> page ids as "file#index"
  const auto key = [](const std::string& file, int index) { return file + "#" + std::to_string(index); };
  for (const TruthPage& truth : archive.truth)
    if (truth.document) pages_of_document[truth.batch + "/" + *truth.document].insert(key(truth.page.file, truth.page.page_index));
  for (const TruthPage& truth : archive.truth) {
    if (!truth.document || truth.duplicate_of) continue;
    for (const std::string& term : truth.search_terms) {
      const std::string query = term.find(' ') == std::string::npos ? term : '"' + term + '"';
      const json answer = archive.run_json({"search", query, "--limit", "200"});
      const auto& wanted = pages_of_document[truth.batch + "/" + *truth.document];
      const bool found = std::ranges::any_of(answer.at("items"), [&](const json& item) {
        return wanted.contains(key(item.at("file"), item.at("page_index")));
      });
      INFO(name_of(truth) << " by " << query << " (" << truth.note << ")");
      CHECK(found);
    }
  }
}

TEST_CASE("blank backs, separators and sheets fed twice of the samples are what their truth says", "[e2e]") {
  for (const TruthPage& truth : sample_archive().truth) {
    const json& page = exported(truth);
    INFO(name_of(truth) << ": " << truth.note);
    CHECK(page.at("blank") == truth.blank);
    CHECK(page.at("separator") == truth.separator);
    CHECK(page.at("duplicate_of").is_null() != truth.duplicate_of.has_value());
  }
}

TEST_CASE("pages of the samples are turned upright, and straightened by the angle they were skewed", "[e2e]") {
  int upright = 0, straight = 0, counted = 0;
  for (const TruthPage& truth : sample_archive().truth) {
    if (truth.blank || truth.separator) continue;
    const json& page = exported(truth);
    ++counted;
    upright += page.at("rotation") == truth.rotation;
    straight += std::abs(page.at("skew_deg").get<double>() - truth.skew_deg) <= 0.2;
    INFO(name_of(truth) << ": " << truth.note);
    CHECK(page.at("rotation") == truth.rotation);
  }
  std::cout << "pose: " << upright << " upright, " << straight << " straight within 0.2 degrees, of " << counted << " pages\n";
  CHECK(upright == counted);
  CHECK(straight * 100 >= counted * 95);
}

TEST_CASE("most document types and boundaries of the samples are right, and doubt says unknown", "[e2e]") {
  const SampleArchive& archive = sample_archive();
  int right = 0, unknown = 0, typed = 0;
  std::map<std::string, std::set<std::string>> found_in;  // truth document -> documents its pages landed in
  std::map<std::string, std::set<std::string>> truth_in;  // found document -> truth documents in it
  for (const TruthPage& truth : archive.truth) {
    if (!truth.document || truth.duplicate_of) continue;
    const json& page = exported(truth);
    const std::string document = truth.batch + "/" + *truth.document;
    ++typed;
    right += page.at("doc_type") == truth.doc_type;
    unknown += page.at("doc_type") == "unknown";
    if (!truth.foreign && page.at("document_id").is_string()) {
      found_in[document].insert(page.at("document_id"));
      truth_in[page.at("document_id")].insert(document);
    }
  }
  int whole = 0;
  for (const auto& [document, found] : found_in) whole += found.size() == 1 && truth_in[*found.begin()].size() == 1;
  INFO(right << " right, " << unknown << " unknown of " << typed << " pages; " << whole << " of " << found_in.size() << " documents whole");
  std::cout << "types: " << right << " right, " << unknown << " unknown of " << typed << " pages; " << whole << " of " << found_in.size()
            << " documents whole\n";
  CHECK(right * 100 >= typed * 90);
  CHECK(whole * 100 >= static_cast<int>(found_in.size()) * 90);
}

TEST_CASE("ink signatures of the samples are told from printed names and empty lines", "[e2e]") {
  int right = 0, pages = 0;
  for (const TruthPage& truth : sample_archive().truth) {
    if (truth.blank || truth.separator) continue;
    ++pages;
    right += exported(truth).at("signature") == truth.signature;
  }
  std::cout << "signatures: " << right << " right of " << pages << " pages\n";
  CHECK(right * 100 >= pages * 95);
}

TEST_CASE("a verified archive has no fault", "[e2e]") {
  const Outcome verified = sample_archive().run({"verify"});
  INFO(verified.out << verified.err);
  CHECK(verified.exit_code == 0);
}

TEST_CASE("the same command again adds nothing and says so", "[e2e]") {
  const SampleArchive& archive = sample_archive();
  const std::string before = archive.run({"export", "pages"}).out;
  const json again = archive.run_json({"ingest", kSamples.string()});
  CHECK(again.at("already_done").size() == again.at("batches").size());
  CHECK(again.at("pages_read") == 0);
  CHECK(archive.run({"export", "pages"}).out == before);
}

TEST_CASE("no patient's name gets into messages and logs", "[e2e]") {
  const SampleArchive& archive = sample_archive();
  std::set<std::string> families;
  for (const std::string& line : lines_of(read_file(kSamples / "patients.csv"))) {
    const std::string family = line.substr(line.find(',') + 1, line.find(',', line.find(',') + 1) - line.find(',') - 1);
    if (family.size() >= 5 && family != "family") families.insert(family);
  }
  REQUIRE(families.size() > 10);
  std::string logs = archive.imported.err + archive.ingested.err;
  for (const auto& words : std::vector<std::vector<std::string>>{{"verify", "--verbose"}, {"search", "fever", "--verbose"}, {"export", "pages", "--verbose"}})
    logs += archive.run(words).err;
  for (const std::string& family : families) {
    INFO(family);
    CHECK(logs.find(family) == std::string::npos);
  }
}

TEST_CASE("verbs that read work while another process writes; verbs that write say who holds the archive", "[e2e]") {
  const TempFolder folder("held");
  const Program program = chartscan_program();
  const std::string archive = (folder / "archive").string();
  REQUIRE(program.run({"patients", "import", (kSamples / "patients.csv").string(), "--archive", archive}).exit_code <= 3);
  const pid_t writer = program.start({"ingest", kSamples.string(), "--archive", archive});
  // Wait until the writer has the archive: its batches show.
  json batches;
  for (int i = 0; i < 200 && batches.empty(); ++i) {
    batches = json::parse(program.run({"batches", "--json", "--archive", archive}).out, nullptr, false);
    if (batches.is_discarded()) batches = json();
  }
  CHECK_FALSE(batches.empty());
  CHECK(program.run({"search", "fever", "--archive", archive}).exit_code == 0);
  const Outcome second = program.run({"ingest", kSamples.string(), "--archive", archive});
  Program::stop(writer, SIGKILL);
  CHECK(second.exit_code == 5);
  INFO(second.err);
  CHECK(second.err.find("chartscan ingest, process " + std::to_string(writer)) != std::string::npos);
}
