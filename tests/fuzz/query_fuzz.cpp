// Any bytes as a question, and as the text of the page it is asked of: an answer or a QuerySyntax error, nothing else.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "indexer/index.h"
#include "indexer/search.h"
#include "storage/archive.h"

using namespace chartscan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto archive = storage::Archive::in_memory();
  Page page;
  page.id = PageId{1};
  page.batch = BatchId{1};
  PageText text;
  for (std::size_t at = 0; at < bytes.size(); at += 7)
    text.words.push_back({bytes.substr(at, 7), {}, 1, static_cast<int>(at / 21)});
  storage::Change change;
  change.put(page);
  change.put(page.id, text);
  indexer::index_page(change, page, text);
  if (!archive->commit(change).ok()) std::abort();
  const auto records = archive->read();
  if (!records.ok()) std::abort();
  const auto answer = indexer::search(*records, bytes, {});
  if (!answer.ok() && answer.error().code != ErrorCode::QuerySyntax) std::abort();
  bool clean = true;
  const auto checked = indexer::verify_index(*records, [&](const std::string&) { clean = false; });
  if (!checked.ok() || !clean) std::abort();
  return 0;
}
