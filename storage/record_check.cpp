#include "storage/record_check.h"

#include "storage/codec.h"
#include "storage/journal_check.h"
#include "storage/keys.h"

namespace chartscan::storage {
namespace {

using Report = std::function<void(const std::string&)>;

// Goes on after a fault: a person wants to know how far it goes.
class RecordCheck {
 public:
  RecordCheck(const Records& records, const Report& report) : records_(records), view_(records.view()), report_(report) {}

  Result<std::uint64_t> run() {
    TRY_STATUS(each(Family::Batch, {}, &RecordCheck::batch));
    TRY_STATUS(each(Family::Page, keys::kPages, &RecordCheck::page));
    TRY_STATUS(each(Family::Page, keys::kAllBatchPages, &RecordCheck::batch_page));
    TRY_STATUS(each(Family::Text, {}, &RecordCheck::text));
    TRY_STATUS(each(Family::Document, {}, &RecordCheck::document));
    TRY_STATUS(each(Family::Chart, {}, &RecordCheck::chart));
    TRY_STATUS(each(Family::Patient, keys::kPatients, &RecordCheck::patient));
    TRY_STATUS(each(Family::Meta, keys::kUsers, &RecordCheck::user));
    TRY_STATUS(each(Family::Meta, keys::kApiTokens, &RecordCheck::api_token));
    TRY_STATUS(each(Family::Meta, keys::kGlassBreaks, &RecordCheck::glass_break));
    return pages_;
  }

 private:
  using Row = Status (RecordCheck::*)(std::string_view key, std::string_view value);

  Status each(Family family, std::string_view prefix, Row row) {
    Status outcome;
    TRY_STATUS(view_.scan(family, prefix, [&](std::string_view key, std::string_view value) {
      outcome = (this->*row)(key, value);
      return outcome.ok();
    }));
    return outcome;
  }

  // The record, or a line about why there is none.
  template <typename T, typename IdType>
  std::optional<T> read(const char* what, std::optional<IdType> id, Result<T> record) {
    const std::string name = std::string(what) + " " + (id ? to_string(*id) : "?");
    if (!id) report_(name + ": its key is damaged");
    else if (!record.ok()) report_(name + ": " + record.error().message);
    else return std::move(record).value();
    return std::nullopt;
  }

  Status must_exist(Family family, const std::optional<std::string>& key, const std::string& complaint) {
    if (key) {
      TRY(const std::optional<std::string> row, view_.get(family, *key));
      if (row) return {};
    }
    report_(complaint);
    return {};
  }

  Status batch(std::string_view key, std::string_view value) {
    const auto id = keys::batch_of(key);
    const auto batch = read("batch", id, decode_batch(value));
    if (!batch) return {};
    if (batch->id != *id) return report_("batch " + to_string(*id) + ": its record is another batch's"), Status();
    return check_journal(records_, *batch, report_);
  }

  Status page(std::string_view key, std::string_view value) {
    ++pages_;
    const auto id = keys::page_of(key);
    const auto page = read("page", id, decode_page(value));
    if (!page) return {};
    const std::string name = "page " + to_string(*id);
    if (page->id != *id) return report_(name + ": its record is another page's"), Status();
    TRY(const std::optional<std::string> beside, view_.get(Family::Page, keys::batch_page(page->batch, *id)));
    const std::optional<PageRow> row = beside ? decode_page_row(*beside) : std::nullopt;
    if (!row || row->state != page->state || (row->sequence != 0 && row->sequence != page->sequence))
      report_(name + ": not counted with its batch " + to_string(page->batch) + " as " + to_string(page->state));
    TRY_STATUS(must_exist(Family::Batch, keys::batch(page->batch), name + ": its batch " + to_string(page->batch) + " is missing"));
    if (page->document)
      TRY_STATUS(must_exist(Family::Document, keys::document(*page->document),
                            name + ": its document " + to_string(*page->document) + " is missing"));
    return must_exist(Family::Blob, keys::blob(page->original.blob), name + ": its original '" + page->original.blob + "' is missing");
  }

  Status batch_page(std::string_view key, std::string_view) {
    const auto id = keys::page_of_batch(key);
    if (!id) return report_("a page of a batch: its key is damaged"), Status();
    TRY(const std::optional<std::string> row, view_.get(Family::Page, keys::page(*id)));
    const auto page = row ? decode_page(*row) : Result<Page>(Error{});
    if (!row || (page.ok() && page->batch != *keys::batch_of_page(key)))
      report_("page " + to_string(*id) + ": counted with batch " + to_string(*keys::batch_of_page(key)) + ", where it is not");
    return {};
  }

  Status text(std::string_view key, std::string_view value) {
    const auto id = keys::page_of_text(key);
    if (!read("text of page", id, decode_text(value))) return {};
    return must_exist(Family::Page, keys::page(*id), "text of page " + to_string(*id) + ": the page is missing");
  }

  Status document(std::string_view key, std::string_view value) {
    const auto id = keys::document_of(key);
    const auto document = read("document", id, decode_document(value));
    if (!document) return {};
    const std::string name = "document " + to_string(*id);
    if (document->id != *id) report_(name + ": its record is another document's");
    for (const PageId page : document->pages)
      TRY_STATUS(must_exist(Family::Page, keys::page(page), name + ": its page " + to_string(page) + " is missing"));
    if (!document->filed) return {};
    return must_exist(Family::Chart, keys::chart_document(document->link.mrn, *id), name + ": filed, but in no chart");
  }

  Status chart(std::string_view key, std::string_view) {
    const auto id = keys::document_of_chart(key);
    if (!id) return report_("a document of a chart: its key is damaged"), Status();
    TRY(const std::optional<std::string> row, view_.get(Family::Document, keys::document(*id)));
    const auto document = row ? decode_document(*row) : Result<Document>(Error{});
    if (!row) report_("document " + to_string(*id) + ": in a chart, but missing");
    else if (document.ok() && (!document->filed || keys::chart_document(document->link.mrn, *id) != key))
      report_("document " + to_string(*id) + ": in a chart that it is not linked to");
    return {};
  }

  Status patient(std::string_view, std::string_view value) {
    const auto patient = decode_patient(value);
    if (!patient.ok()) report_("a patient of the index: " + patient.error().message);
    return {};
  }

  Status user(std::string_view key, std::string_view value) {
    const auto user = decode_user(value);
    if (!user.ok() || keys::user(user->name) != key) report_("a user: " + (user.ok() ? "its record is another user's" : user.error().message));
    return {};
  }

  Status api_token(std::string_view key, std::string_view value) {
    const auto token = decode_api_token(value);
    if (!token.ok() || keys::api_token(token->id) != key) report_("an API token: " + (token.ok() ? "its record is another token's" : token.error().message));
    return {};
  }

  Status glass_break(std::string_view key, std::string_view value) {
    const auto glass = decode_glass_break(value);
    if (!glass.ok() || keys::glass_break(glass->number) != key) report_("broken glass: " + (glass.ok() ? "its record is another one's" : glass.error().message));
    return {};
  }

  const Records& records_;
  const View& view_;
  const Report& report_;
  std::uint64_t pages_ = 0;
};

}  // namespace

Result<std::uint64_t> verify_records(const Records& records, const Report& report) { return RecordCheck(records, report).run(); }

}  // namespace chartscan::storage
