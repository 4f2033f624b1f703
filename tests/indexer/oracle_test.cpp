// Random questions on random pages, answered twice: by the index and by looking at every page.
#include <map>
#include <random>
#include <set>

#include "indexer/tokenizer.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using Random = std::mt19937;

const std::vector<std::string> kWords{"pain",   "pains",   "painful",      "chest",      "che",  "cardiac", "E11.9",
                                      "e11",    "9",       "2019",         "3.6cm",      "left", "lefty",   "Fever",
                                      "hyper-", "tension", "hypertension", "10/15/2019", "a",    "MR-00123"};

std::string random_page(Random& random) {
  std::string text;
  for (auto words = random() % 25; words > 0; --words) {
    text += kWords[random() % kWords.size()];
    text += random() % 6 == 0 ? '\n' : ' ';
  }
  return text;
}

// A page to the brute force: which tokens stand where.
struct PageTokens {
  std::vector<Token> tokens;

  bool has(const std::vector<std::string>& phrase, bool last_is_prefix) const {
    std::set<std::uint32_t> places;  // where the next word may stand
    for (const Token& token : tokens) places.insert(token.position);
    for (std::size_t i = 0; i < phrase.size(); ++i) {
      std::set<std::uint32_t> next;
      for (const Token& token : tokens) {
        const bool prefix = last_is_prefix && i + 1 == phrase.size();
        const bool same = prefix ? token.term.rfind(phrase[i], 0) == 0 : token.term == phrase[i];
        if (same && places.contains(token.position)) next.insert(token.position + token.span);
      }
      places = std::move(next);
    }
    return !places.empty();
  }
};

// A random question: what is typed, and which pages it means.
struct Question {
  std::string text;
  std::set<std::size_t> pages;
};

class Asker {
 public:
  Asker(const std::vector<PageTokens>& pages, Random& random) : pages_(pages), random_(random) {}

  Question question(int depth) {
    const auto kind = depth == 0 ? random_() % 3 : random_() % 7;
    if (kind < 3) return words(kind);
    Question left = question(depth - 1), right = question(depth - 1);
    Question joined;
    if (kind == 3 || kind == 4) {
      joined.text = "(" + left.text + (kind == 3 ? " " : " AND ") + right.text + ")";
      std::set_intersection(left.pages.begin(), left.pages.end(), right.pages.begin(), right.pages.end(),
                            std::inserter(joined.pages, joined.pages.end()));
    } else if (kind == 5) {
      joined.text = "(" + left.text + " OR " + right.text + ")";
      std::set_union(left.pages.begin(), left.pages.end(), right.pages.begin(), right.pages.end(),
                     std::inserter(joined.pages, joined.pages.end()));
    } else if (random_() % 2 == 0) {
      joined.text = "(" + left.text + " -" + right.text + ")";
      std::set_difference(left.pages.begin(), left.pages.end(), right.pages.begin(), right.pages.end(),
                          std::inserter(joined.pages, joined.pages.end()));
    } else {
      joined.text = "NOT " + left.text;
      for (std::size_t page = 0; page < pages_.size(); ++page) {
        if (!left.pages.contains(page)) joined.pages.insert(page);
      }
    }
    return joined;
  }

 private:
  // A word, a phrase or a prefix.
  Question words(unsigned kind) {
    std::string text = kWords[random_() % kWords.size()];
    if (kind == 1) {
      for (auto more = 1 + random_() % 2; more > 0; --more) text += " " + kWords[random_() % kWords.size()];
    }
    const bool prefix = kind == 2 && text.back() != '-' && text.size() > 2;
    std::vector<std::string> phrase;
    for (const Token& token : tokenize(text)) phrase.push_back(token.term);
    if (prefix && phrase.back().size() > 3) phrase.back().resize(3), text = phrase.size() == 1 ? phrase.back() : text;
    if (phrase.size() > 1 && prefix) text.clear();
    for (std::size_t i = 0; prefix && phrase.size() > 1 && i < phrase.size(); ++i) text += (i > 0 ? "." : "") + phrase[i];
    Question question{kind == 1 ? '"' + text + '"' : text + (prefix ? "*" : ""), {}};
    for (std::size_t page = 0; page < pages_.size(); ++page) {
      if (pages_[page].has(phrase, prefix)) question.pages.insert(page);
    }
    return question;
  }

  const std::vector<PageTokens>& pages_;
  Random& random_;
};

TEST_CASE("every question finds exactly the pages that looking at every page finds", "[indexer][oracle]") {
  Random random(20190305);
  for (int corpus_number = 0; corpus_number < 8; ++corpus_number) {
    testing::Corpus corpus;
    std::vector<PageTokens> pages;
    // The vocabulary in full first, so that no word is unknown and tried in other spellings.
    std::string everything;
    for (const std::string& word : kWords) everything += word + " ";
    for (int page = 0; page < 40; ++page) {
      const std::string text = page == 0 ? everything : random_page(random);
      corpus.add(text);
      pages.push_back({tokenize(testing::page_text(text))});
    }
    Asker asker(pages, random);
    for (int i = 0; i < 150; ++i) {
      const Question question = asker.question(static_cast<int>(random() % 4));
      testing::Ids expected;
      for (const std::size_t page : question.pages) expected.push_back(page + 1);
      INFO(question.text);
      CHECK(corpus.pages(question.text) == expected);
    }
    CHECK(corpus.faults().empty());
  }
}

TEST_CASE("scores are BM25, summed over the words, best first, equals by page", "[indexer][oracle]") {
  Random random(11);
  testing::Corpus corpus;
  std::vector<std::vector<Token>> pages;
  double length = 0;
  for (int page = 0; page < 60; ++page) {
    const std::string text = random_page(random) + " cardiac";
    corpus.add(text);
    pages.push_back(tokenize(testing::page_text(text)));
    length += positions_in(pages.back());
  }
  const double mean = length / 60;
  const auto score = [&](std::size_t page, const std::string& term) {
    double with = 0, count = 0;
    for (const auto& tokens : pages) {
      with += std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) { return token.term == term; });
    }
    bool title = false;
    for (const Token& token : pages[page]) {
      if (token.term != term) continue;
      count += 1;
      title = title || token.position < 16;
    }
    if (count == 0) return 0.0;
    if (title) count += 1;
    const double idf = std::log(1 + (60 - with + 0.5) / (with + 0.5));
    return idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * positions_in(pages[page]) / mean));
  };
  const Answer answer = corpus.ask("pain OR cardiac OR 2019");
  REQUIRE(answer.hits.size() == 60);
  for (std::size_t i = 0; i < answer.hits.size(); ++i) {
    const Hit& hit = answer.hits[i];
    const std::size_t page = hit.page.value - 1;
    CHECK(hit.score == Approx(score(page, "pain") + score(page, "cardiac") + score(page, "2019")));
    if (i == 0) continue;
    const Hit& before = answer.hits[i - 1];
    CHECK((before.score > hit.score || (before.score == hit.score && before.page < hit.page)));
  }
}

TEST_CASE("pages of an answer join without gap or overlap while others come in", "[indexer][oracle]") {
  for (const Order order : {Order::Relevance, Order::Newest, Order::Oldest}) {
    Random random(5);
    testing::Corpus corpus;
    for (int page = 0; page < 50; ++page) corpus.add("cardiac " + random_page(random));
    SearchOptions options;
    options.order = order;
    options.limit = 7;
    std::vector<PageId> joined;
    do {
      const Answer part = corpus.ask("cardiac", options);
      CHECK(part.total == 50);
      for (const Hit& hit : part.hits) joined.push_back(hit.page);
      options.after = part.next;
      corpus.add("cardiac " + random_page(random));  // what comes in meanwhile moves nothing
    } while (!options.after.empty() && joined.size() < 100);
    REQUIRE(joined.size() == 50);
    const std::set<PageId> different(joined.begin(), joined.end());
    CHECK(different.size() == 50);
    CHECK(*different.rbegin() == PageId{50});
  }
}

}  // namespace
}  // namespace chartscan::indexer
