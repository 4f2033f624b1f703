#include "indexer/search.h"

#include <algorithm>

#include "indexer/plan.h"

namespace chartscan::indexer {
namespace {

// The best so many, by a heap whose front is the worst kept.
class Best {
 public:
  explicit Best(std::size_t most) : most_(most) {}

  void offer(Scored scored) {
    if (most_ == 0) return;
    if (kept_.size() == most_) {
      if (!is_better(scored, kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end(), is_better);
      kept_.pop_back();
    }
    kept_.push_back(scored);
    std::push_heap(kept_.begin(), kept_.end(), is_better);
  }

  std::vector<Scored> take() {
    std::sort(kept_.begin(), kept_.end(), is_better);
    return std::move(kept_);
  }

 private:
  std::size_t most_;
  std::vector<Scored> kept_;
};

Result<Hit> render(const storage::Records& records, const Scored& scored, const std::vector<HitPhrase>& phrases) {
  const PageId id{scored.page};
  TRY(const std::optional<Page> page, records.page(id), "hit " + to_string(id));
  TRY(const std::optional<PageText> text, records.text(id), "hit " + to_string(id));
  if (!page) {
    return Error{ErrorCode::Integrity,
                 "page " + to_string(id) + " is in the index but has no record; run verify and restore what it names", ""};
  }
  Hit hit{id, page->document, scored.score, "", {}};
  if (text) {
    const std::vector<std::size_t> words = hit_words(*text, phrases);
    hit.snippet = make_snippet(*text, words);
    hit.boxes = hit_boxes(*page, *text, words);
  }
  return hit;
}

}  // namespace

Result<Answer> search(const storage::Records& records, const std::string& query, const SearchOptions& options) {
  TRY(const QueryNode node, parse_query(query));
  TRY(Plan plan, make_plan(records, node, options));

  const auto offset = static_cast<std::size_t>(std::max(options.offset, 0));
  const auto limit = static_cast<std::size_t>(std::max(options.limit, 0));
  Best best(limit == 0 ? 0 : offset + limit);
  Answer answer;
  answer.notes = std::move(plan.notes);
  for (; plan.cursor->page() != PageCursor::kEnd; plan.cursor->next()) {
    best.offer({plan.cursor->score(), plan.cursor->page()});
    ++answer.total;
  }
  TRY_STATUS(plan.index->status());
  const std::vector<Scored> kept = best.take();
  for (std::size_t i = offset; i < kept.size(); ++i) {
    TRY(Hit hit, render(records, kept[i], plan.phrases));
    answer.hits.push_back(std::move(hit));
  }
  return answer;
}

}  // namespace chartscan::indexer
