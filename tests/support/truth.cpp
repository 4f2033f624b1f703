#include "tests/support/truth.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace chartscan::testing {
namespace {

using Json = nlohmann::ordered_json;

const char* link_name(ExpectedLink link) {
  return link == ExpectedLink::AutoOk ? "auto-ok" : link == ExpectedLink::Review ? "review" : "none";
}

ExpectedLink parse_link(const std::string& name) {
  for (const auto link : {ExpectedLink::AutoOk, ExpectedLink::Review, ExpectedLink::None}) {
    if (name == link_name(link)) return link;
  }
  throw std::runtime_error("no such link expectation: " + name);
}

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

std::optional<std::string> optional_text(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

TruthPage parse_truth(const Json& row) {
  TruthPage page;
  page.page = {row.at("file"), row.at("page_index")};
  page.batch = row.at("batch");
  page.document = optional_text(row.at("doc"));
  page.doc_type = row.at("doc_type").is_null() ? "" : row.at("doc_type").get<std::string>();
  page.mrn = optional_text(row.at("mrn"));
  page.link = parse_link(row.at("link"));
  page.blank = row.at("blank");
  page.separator = row.at("separator");
  page.foreign = row.at("foreign");
  if (const auto& first = row.at("duplicate_of"); !first.is_null())
    page.duplicate_of = PageRef{first.at("file"), first.at("page_index")};
  page.rotation = row.at("rotation");
  page.skew_deg = row.at("skew_deg");
  page.signature = row.at("signature");
  page.service_date = optional_text(row.at("service_date"));
  row.at("barcodes").get_to(page.barcodes);
  row.at("search_terms").get_to(page.search_terms);
  row.at("printed").get_to(page.printed);
  page.text = row.at("text");
  page.note = row.at("note");
  return page;
}

}  // namespace

std::string truth_line(const TruthPage& page) {
  Json row;
  row["file"] = page.page.file;
  row["page_index"] = page.page.page_index;
  row["batch"] = page.batch;
  row["doc"] = or_null(page.document);
  row["doc_type"] = page.doc_type.empty() ? Json(nullptr) : Json(page.doc_type);
  row["mrn"] = or_null(page.mrn);
  row["link"] = link_name(page.link);
  row["blank"] = page.blank;
  row["separator"] = page.separator;
  row["foreign"] = page.foreign;
  row["duplicate_of"] = nullptr;
  if (page.duplicate_of)
    row["duplicate_of"] = Json{{"file", page.duplicate_of->file}, {"page_index", page.duplicate_of->page_index}};
  row["rotation"] = page.rotation;
  row["skew_deg"] = page.skew_deg;
  row["signature"] = page.signature;
  row["service_date"] = or_null(page.service_date);
  row["barcodes"] = page.barcodes;
  row["search_terms"] = page.search_terms;
  row["printed"] = page.printed;
  row["note"] = page.note;
  row["text"] = page.text;
  return row.dump();
}

std::vector<TruthPage> load_truth(const std::filesystem::path& truth_jsonl) {
  std::ifstream in(truth_jsonl);
  if (!in) throw std::runtime_error("cannot read " + truth_jsonl.string());
  std::vector<TruthPage> pages;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      pages.push_back(parse_truth(Json::parse(line)));
    } catch (const std::exception& error) {
      throw std::runtime_error(truth_jsonl.string() + " line " + std::to_string(number) + ": " + error.what());
    }
  }
  return pages;
}

}  // namespace chartscan::testing
