#include "indexer/search.h"

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "indexer/fields.h"
#include "indexer/grouping.h"
#include "indexer/plan.h"

namespace chartscan::indexer {
namespace {

// Where an answer left off. `as_of`: the highest page there was when the first part of it was given.
struct Place {
  bool similar = false;
  PageNo as_of = 0;
  Scored last;
};

std::string written(const Place& place) {
  char text[64];
  std::snprintf(text, sizeof text, "%c%x.%x.%" PRIx64, place.similar ? 's' : 'w', place.as_of, place.last.page, std::bit_cast<std::uint64_t>(place.last.score));
  return text;
}

std::optional<Place> parsed(const std::string& text) {
  Place place;
  char kind = 0, more = 0;
  std::uint64_t bits = 0;
  if (text.size() > 40 || std::sscanf(text.c_str(), "%c%x.%x.%" SCNx64 "%c", &kind, &place.as_of, &place.last.page, &bits, &more) != 4) return std::nullopt;
  if (kind != 's' && kind != 'w') return std::nullopt;
  place.similar = kind == 's';
  place.last.score = std::bit_cast<double>(bits);
  return place;
}

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

class Finder {
 public:
  Finder(const storage::Records& records, IndexReader& reader, const Query& query, const SearchOptions& options)
      : records_(records), reader_(reader), query_(query), options_(options), order_(query.order.value_or(options.order.value_or(Order::Relevance))),
        limit_(static_cast<std::size_t>(std::max(options.limit, 0))) {}

  Result<Found> find() {
    TRY_STATUS(set_place());
    if (order_ != Order::Relevance) TRY_STATUS(load_dates());
    TRY(Plan as_written, planned(Spelling::AsWritten));
    found_.phrases = std::move(as_written.phrases);
    found_.notes = std::move(as_written.notes);
    std::size_t got = 0;
    if (!after_ || !after_->similar) {
      TRY(got, take(std::move(as_written.cursor), false));
    }
    TRY_STATUS(count_as_written(got));
    // Groups of pages as written are not mixed with groups of similar ones: a document would stand in both.
    const bool used_up = options_.group == GroupBy::Page ? got <= limit_ : found_.as_written == 0;
    if (options_.spelling == Spelling::Tolerant && used_up) TRY_STATUS(add_similar(got));
    TRY_STATUS(finish());
    TRY_STATUS(reader_.status());
    return std::move(found_);
  }

 private:
  Status set_place() {
    as_of_ = newest_ = reader_.newest_page();
    if (options_.after.empty()) return {};
    after_ = parsed(options_.after);
    if (!after_) return Error{ErrorCode::Usage, "this is no place in a list of pages; pass `next` of the answer before as it came, or leave it out", ""};
    as_of_ = std::min(after_->as_of, newest_);
    return {};
  }

  Result<Plan> planned(Spelling spelling) {
    TRY(Plan plan, make_plan(records_, reader_, query_.node, options_, spelling));
    if (as_of_ < newest_) {  // pages that came in while somebody reads the list are none of it
      std::vector<PageNo> newer(newest_ - as_of_);
      std::iota(newer.begin(), newer.end(), as_of_ + 1);
      plan.cursor = without(std::move(plan.cursor), listed(std::move(newer)));
    }
    return plan;
  }

  // Pages in a similar spelling only.
  Result<Plan> planned_similar() {
    TRY(Plan plan, planned(Spelling::Tolerant));
    TRY(Plan as_written, planned(Spelling::AsWritten));
    plan.cursor = without(std::move(plan.cursor), std::move(as_written.cursor));
    return plan;
  }

  // --- what ranks where ---

  double key(PageCursor& cursor) const { return order_ == Order::Relevance ? cursor.score() : date_key(cursor.page()); }

  // Later is better for Newest, earlier for Oldest; what is undated comes last.
  double date_key(PageNo page) const { return date_keys_[dates_->at(page)]; }

  Status load_dates() {
    TRY(dates_, reader_.column(field::kDate));
    const auto& dates = dates_->values();  // yyyymmdd, in no order
    constexpr double kUndated = -1e9;
    date_keys_.assign(dates.size(), kUndated);
    for (std::size_t i = Column::kNone + 1; i < dates.size(); ++i) {
      const double date = std::strtod(dates[i].c_str(), nullptr);
      date_keys_[i] = order_ == Order::Newest ? date : -date;
    }
    return {};
  }

  // The page the list left off at, as it ranks now: scores move a little with every page that is added.
  Result<std::optional<Scored>> left_off(bool similar) {
    if (!after_ || after_->similar != similar) return std::optional<Scored>();
    Scored last = after_->last;
    if (order_ != Order::Relevance) return std::optional(Scored{date_key(last.page), last.page});
    TRY(Plan plan, similar ? planned_similar() : planned(Spelling::AsWritten));
    plan.cursor->seek(last.page);
    if (plan.cursor->page() == last.page) last.score = plan.cursor->score();
    return std::optional(last);
  }

  // --- taking ---

  // Appends what is wanted of a cursor's pages; returns how many there were to take, one more than the limit if there are more.
  Result<std::size_t> take(PageCursorPtr cursor, bool similar) {
    TRY(const std::optional<Scored> behind, left_off(similar));
    if (options_.group != GroupBy::Page) return take_groups(*cursor, similar, behind);
    const std::size_t had = found_.pages.size(), most = limit_ + 1 - had;
    std::vector<Scored> best;
    if (order_ == Order::Relevance) {
      best = best_pages(*cursor, most, behind ? &*behind : nullptr, options_.exhaustive ? Pruning::Off : Pruning::On);
    } else {
      Best kept(most);
      for (; cursor->page() != PageCursor::kEnd; cursor->next()) {
        const Scored scored{key(*cursor), cursor->page()};
        if (!behind || is_better(*behind, scored)) kept.offer(scored);
      }
      best = kept.take();
    }
    for (const Scored& scored : best) found_.pages.push_back({PageId{scored.page}, order_ == Order::Relevance ? scored.score : 0, similar});
    return had + best.size();
  }

  Result<std::size_t> take_groups(PageCursor& cursor, bool similar, const std::optional<Scored>& behind) {
    TRY(Grouping grouping, Grouping::of(records_, reader_, options_.group));
    struct Gathered {
      std::uint64_t pages = 0;
      Best best{kShownOfGroup};
    };
    std::unordered_map<std::uint32_t, Gathered> gathered;
    for (; cursor.page() != PageCursor::kEnd; cursor.next()) {
      TRY(const std::uint32_t number, grouping.group_of(cursor.page()));
      Gathered& group = gathered[number];
      ++group.pages;
      group.best.offer({key(cursor), cursor.page()});
    }
    found_.total_groups = gathered.size();

    std::vector<std::pair<Scored, Group>> groups;
    for (auto& [number, pages] : gathered) {
      const std::vector<Scored> best = pages.best.take();
      if (behind && !is_better(*behind, best.front())) continue;
      Group group = grouping.named(number);
      group.total = pages.pages;
      for (const Scored& scored : best) group.best.push_back({PageId{scored.page}, order_ == Order::Relevance ? scored.score : 0, similar});
      groups.emplace_back(best.front(), std::move(group));
    }
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return is_better(a.first, b.first); });
    const std::size_t had = found_.groups.size();
    for (std::size_t i = 0; i < groups.size() && had + i <= limit_; ++i) found_.groups.push_back(std::move(groups[i].second));
    return found_.groups.size();
  }

  // --- counting ---

  Status count_as_written(std::size_t got) {
    const bool all_seen = options_.group == GroupBy::Page && got <= limit_ && !after_;
    if (all_seen || options_.counting == Counting::AtLeast) {
      found_.as_written = got;
      found_.total_exact = all_seen;
    } else {
      TRY(const Plan plan, planned(Spelling::AsWritten));
      found_.as_written = plan.cursor->count_rest();
    }
    found_.total = found_.as_written;
    return {};
  }

  Status add_similar(std::size_t got) {
    TRY(Plan plan, planned_similar());
    if (!plan.widened) {
      found_.similar = 0;
      return {};
    }
    TRY(const std::size_t with_similar, take(std::move(plan.cursor), true));
    const std::size_t more = with_similar - got;
    if (options_.group == GroupBy::Page && with_similar <= limit_ && !after_) {
      found_.similar = more;
    } else {
      TRY(const Plan counted, planned_similar());
      found_.similar = counted.cursor->count_rest();
    }
    if (found_.similar == 0) return {};
    found_.phrases = std::move(plan.phrases);
    found_.notes = std::move(plan.notes);
    if (found_.as_written == 0) found_.total = *found_.similar;
    return {};
  }

  Status finish() {
    if (options_.facets) {
      TRY(const Plan plan, found_.as_written > 0 || found_.similar.value_or(0) == 0 ? planned(Spelling::AsWritten) : planned_similar());
      TRY(found_.facets, count_facets(reader_, *plan.cursor));
    }
    if (found_.pages.size() > limit_) {
      found_.pages.resize(limit_);
      if (limit_ > 0) go_on_from(found_.pages.back());
    }
    if (found_.groups.size() > limit_) {
      found_.groups.resize(limit_);
      if (limit_ > 0) go_on_from(found_.groups.back().best.front());
    }
    return {};
  }

  void go_on_from(const RankedPage& last) { found_.next = written({last.similar, as_of_, {last.score, static_cast<PageNo>(last.page.value)}}); }

  const storage::Records& records_;
  IndexReader& reader_;
  const Query& query_;
  const SearchOptions& options_;
  const Order order_;
  const std::size_t limit_;
  std::optional<Place> after_;
  PageNo as_of_ = 0, newest_ = 0;
  std::shared_ptr<const Column> dates_;  // where they are the order
  std::vector<double> date_keys_;        // of each of their values
  Found found_;
};

}  // namespace

Result<Found> find(const storage::Records& records, const std::string& query, const SearchOptions& options) {
  TRY(const Query parsed, parse_query(query));
  TRY(const auto reader, IndexReader::open(records.view(), options.hidden_types));
  return Finder(records, *reader, parsed, options).find();
}

Result<Hit> show(const storage::Records& records, const RankedPage& ranked, const std::vector<HitPhrase>& phrases) {
  const std::string name = to_string(ranked.page);
  TRY(const std::optional<Page> page, records.page(ranked.page), "hit " + name);
  TRY(const std::optional<PageText> text, records.text(ranked.page), "hit " + name);
  if (!page) return Error{ErrorCode::Integrity, "page " + name + " is in the index but has no record; run verify and restore what it names", ""};
  Hit hit{ranked.page, page->document, ranked.score, ranked.similar, "", {}};
  if (text) {
    const std::vector<std::size_t> words = hit_words(*text, phrases);
    hit.snippet = make_snippet(*text, words);
    hit.boxes = hit_boxes(*page, *text, words);
  }
  return hit;
}

Result<Answer> search(const storage::Records& records, const std::string& query, const SearchOptions& options) {
  TRY(Found found, find(records, query, options));
  Answer answer{std::move(found), {}};
  std::vector<RankedPage> shown = answer.pages;
  for (const Group& group : answer.groups) shown.insert(shown.end(), group.best.begin(), group.best.end());
  for (const RankedPage& page : shown) {
    TRY(Hit hit, show(records, page, answer.phrases));
    answer.hits.push_back(std::move(hit));
  }
  return answer;
}

}  // namespace chartscan::indexer
