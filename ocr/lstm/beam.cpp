#include "ocr/lstm/beam.h"

#include <algorithm>
#include <cmath>

namespace chartscan::ocr::lstm {
namespace {

// Tesseract's figures. Certainties are natural logarithms of probabilities.
constexpr std::array<int, kLongestCode> kWidths{5,  10, 16, 16, 16,
                                                16, 16, 16, 16};  // paths kept, by codes of the character begun
constexpr int kNear = kWidths[0];                                 // codes that count as near the best
constexpr float kDictionaryRatio = 2.25f;
constexpr double kCertaintyOffset = -0.085;
constexpr float kWorstInDictionary = -25.0f / 7.0f;  // no word of the dictionary is worth a step less certain than this

float certainty_of(float probability) {
  static const float kLeastProbability = std::exp(kLeastCertainty);
  const float certainty = probability > kLeastProbability ? std::log(probability) : kLeastCertainty;
  return static_cast<float>(static_cast<double>(certainty) + kCertaintyOffset);
}

// Binary heaps with the least first. Written out, for the order they keep their entries in decides between equals.
template <typename Entry, typename Less>
std::size_t sift_up(Entry* heap, std::size_t hole, const Entry& entry, Less less) {
  while (hole > 0 && less(entry, heap[(hole - 1) / 2])) {
    heap[hole] = heap[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  return hole;
}

template <typename Entry, typename Less>
std::size_t sift_down(Entry* heap, std::size_t size, std::size_t hole, const Entry& entry, Less less) {
  for (std::size_t child; (child = 2 * hole + 1) < size; hole = child) {
    if (child + 1 < size && less(heap[child + 1], heap[child])) ++child;
    if (!less(heap[child], entry)) break;
    heap[hole] = heap[child];
  }
  return hole;
}

template <typename Entry, typename Less>
void push(Entry* heap, std::size_t size, const Entry& entry, Less less) {
  heap[sift_up(heap, size, entry, less)] = entry;
}

template <typename Entry, typename Less>
void pop(Entry* heap, std::size_t size, Less less) {
  if (size < 2) return;
  const Entry last = heap[size - 1];
  heap[sift_down(heap, size - 1, 0, last, less)] = last;
}

template <typename Entry, typename Less>
void settle(Entry* heap, std::size_t size, std::size_t at, Less less) {
  const Entry entry = heap[at];
  const std::size_t hole = sift_down(heap, size, at, entry, less);
  heap[sift_up(heap, hole, entry, less)] = entry;
}

}  // namespace

const std::vector<PathStep>& BeamSearch::run(const LineScores& scores, const Charset& charset, const Dictionary* dictionary) {
  prepare(scores, charset, dictionary);
  for (int t = 0; t < scores.steps; ++t) step(scores.at(t), t == 0);
  read_back(best_end());
  return path_;
}

void BeamSearch::prepare(const LineScores& scores, const Charset& charset, const Dictionary* dictionary) {
  charset_ = &charset;
  dictionary_ = dictionary;
  lengths_ = charset.longest_code();
  nodes_.clear();
  places_.clear();
  if (dictionary_) dictionary_->begin(places_);
  beginning_places_ = static_cast<std::uint16_t>(places_.size());

  const std::size_t beams = 2 * kNexts * static_cast<std::size_t>(lengths_);
  beams_.resize(beams);
  before_.assign(beams, {});
  std::size_t room = 0;
  for (int beam = 0; beam < static_cast<int>(beams); ++beam)
    room += static_cast<std::size_t>(kWidths[static_cast<std::size_t>(beam % lengths_)]) + 1;
  room_.resize(room);
  Node* at = room_.data();
  for (int beam = 0; beam < static_cast<int>(beams); ++beam) {
    const int width = kWidths[static_cast<std::size_t>(beam % lengths_)];
    beams_[static_cast<std::size_t>(beam)] = {at, width, 0};
    at += width + 1;
  }
  surest_.clear();
  candidate_at_.assign(static_cast<std::size_t>(scores.classes), -1);
  candidates_.clear();
}

// Top: the two best codes and null. That is all most steps need.
void BeamSearch::rank(std::span<const float> scores) {
  float best = -1, second = -1, third = -1;
  best_ = second_ = -1;
  for (int code = 0; code < static_cast<int>(scores.size()); ++code) {
    const float score = scores[static_cast<std::size_t>(code)];
    if (!(score > third)) continue;
    if (score > best) third = second, second = best, second_ = best_, best = score, best_ = code;
    else if (score > second) third = second, second = score, second_ = code;
    else third = score;
  }
  ranked_ = false;
  if (best == second || second == third) rank_all(scores);
  surest_.push_back(best);
}

// The whole order, with Near: the rest of the five best.
void BeamSearch::rank_all(std::span<const float> scores) {
  struct Ranked {
    float score;
    int code;
  };
  const auto less = [](const Ranked& a, const Ranked& b) { return a.score < b.score; };
  std::array<Ranked, kNear + 1> best;
  std::size_t size = 0;
  for (int code = 0; code < static_cast<int>(scores.size()); ++code) {
    const float score = scores[static_cast<std::size_t>(code)];
    if (size == kNear && !(score > best[0].score)) continue;
    push(best.data(), size++, {score, code}, less);
    if (size > kNear) pop(best.data(), size--, less);
  }
  ranks_.assign(scores.size(), Rank::Rest);
  for (; size > 0; --size) {
    const int code = best[0].code;
    ranks_[static_cast<std::size_t>(code)] = size > 2 ? Rank::Near : Rank::Top;
    if (size == 2) second_ = code;
    if (size == 1) best_ = code;
    pop(best.data(), size, less);
  }
  ranks_[static_cast<std::size_t>(charset_->null_code())] = Rank::Top;
  ranked_ = true;
}

BeamSearch::Candidate BeamSearch::measured(int code, std::span<const float> scores) const {
  const auto score = [&scores](int of) { return scores[static_cast<std::size_t>(of)]; };
  Candidate one{code, certainty_of(score(code)), 0, 0};
  const float with_null = score(code) + score(charset_->null_code());
  one.with_null = certainty_of(with_null);
  if (second_ >= 0 && (code == best_ || code == second_))
    one.with_both = certainty_of(with_null + score(code == best_ ? second_ : best_));
  return one;
}

void BeamSearch::collect(Rank rank, std::span<const float> scores) {
  for (const Candidate& one : candidates_) candidate_at_[static_cast<std::size_t>(one.code)] = -1;
  candidates_.clear();
  if (rank == Rank::Top) {
    const int null = charset_->null_code();
    candidates_.push_back(measured(null, scores));
    for (const int code : {best_, second_})
      if (code >= 0 && code != null) candidates_.push_back(measured(code, scores));
  } else {
    if (!ranked_) rank_all(scores);
    for (int code = 0; code < static_cast<int>(scores.size()); ++code)
      if (ranks_[static_cast<std::size_t>(code)] == rank) candidates_.push_back(measured(code, scores));
  }
  std::ranges::sort(candidates_, {}, [this](const Candidate& one) { return charset_->ending_at_root(one.code); });
  part_order_.clear();
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(candidates_.size()); ++i) {
    candidate_at_[static_cast<std::size_t>(candidates_[static_cast<std::size_t>(i)].code)] = i;
    if (charset_->step_at_root(candidates_[static_cast<std::size_t>(i)].code) >= 0) part_order_.push_back(i);
  }
  std::ranges::sort(part_order_, {},
                    [this](std::int32_t i) { return charset_->step_at_root(candidates_[static_cast<std::size_t>(i)].code); });
}

const BeamSearch::Candidate* BeamSearch::candidate(int code) const {
  const std::int32_t at = candidate_at_[static_cast<std::size_t>(code)];
  return at < 0 ? nullptr : &candidates_[static_cast<std::size_t>(at)];
}

// The lesser codes are tried only where no path goes on with the best.
void BeamSearch::step(std::span<const float> scores, bool first) {
  for (Beam& beam : beams_) beam.size = 0;
  for (Node& opening : openings_) opening.code = -1;
  rank(scores);
  if (first) {
    collect(Rank::Top, scores);
    extend({}, Rank::Top);
    if (dictionary_) extend({.in_dictionary = true}, Rank::Top);
  } else {
    for (const Rank rank : {Rank::Top, Rank::Near, Rank::Rest}) {
      collect(rank, scores);
      for (int beam = 0; beam < static_cast<int>(before_.size()); ++beam) {
        From from = from_beam(beam);
        const Range range = before_[static_cast<std::size_t>(beam)];
        for (from.index = range.end - 1; from.index >= range.begin; --from.index) {
          from.node = &nodes_[static_cast<std::size_t>(from.index)];
          from.score = from.node->score;
          extend(from, rank);
        }
      }
      if (any_path()) break;
    }
    // Of all ways to begin a word here the best is enough.
    for (int next = 0; next < kNexts; ++next)
      if (const Node& opening = openings_[static_cast<std::size_t>(next)]; opening.code >= 0) {
        Beam& beam = beams_[static_cast<std::size_t>(beam_index(true, static_cast<Next>(next), 0))];
        if (beam.takes(opening.score)) put(beam, opening);
      }
  }
  keep();
}

bool BeamSearch::any_path() const {
  for (int length = 0; length < lengths_; ++length)
    for (const bool in_dictionary : {false, true})
      if (beams_[static_cast<std::size_t>(beam_index(in_dictionary, Next::Anything, length))].size > 0) return true;
  return false;
}

void BeamSearch::keep() {
  for (std::size_t beam = 0; beam < beams_.size(); ++beam) {
    const auto begin = static_cast<std::int32_t>(nodes_.size());
    for (int i = 0; i < beams_[beam].size; ++i) {
      const Node& node = nodes_.emplace_back(beams_[beam].nodes[i]);
      if (node.letter == kSelf) nodes_.back().letter = static_cast<std::int32_t>(nodes_.size()) - 1;
    }
    before_[beam] = {begin, static_cast<std::int32_t>(nodes_.size())};
  }
}

// A path in the dictionary counts only where its last word may end.
int BeamSearch::best_end() const {
  int best = -1;
  for (const Next next : {Next::Anything, Next::NotAgain})
    for (const bool in_dictionary : {false, true}) {
      const Range range = before_.empty() ? Range{} : before_[static_cast<std::size_t>(beam_index(in_dictionary, next, 0))];
      for (std::int32_t i = range.begin; i < range.end; ++i) {
        const Node& node = nodes_[static_cast<std::size_t>(i)];
        if (in_dictionary) {
          if (node.letter < 0) continue;
          const Node& letter = nodes_[static_cast<std::size_t>(node.letter)];
          if (!letter.ends_word && letter.character != kSpaceChar) continue;
        }
        if (best < 0 || node.score > nodes_[static_cast<std::size_t>(best)].score) best = i;
      }
    }
  return best;
}

void BeamSearch::read_back(int end) {
  path_.clear();
  for (int i = end; i >= 0; i = nodes_[static_cast<std::size_t>(i)].previous) {
    const Node& node = nodes_[static_cast<std::size_t>(i)];
    path_.push_back({node.character, node.certainty, node.support, node.begins_word, node.again});
  }
  std::ranges::reverse(path_);
}

void BeamSearch::extend(const From& from, Rank rank) {
  if (from.node) {
    extend_same(from, rank);
    if (from.next == Next::OnlyAgain) return;
    if (const Candidate* null = candidate(charset_->null_code()); null && from.length > 0 && from.node->code != null->code)
      add_plain(from, {null->code, kNoChar, null->alone, from.node->prefix}, from.length, Next::Anything);
  }
  const bool at_root = from.length == 0;
  const Charset::Prefix& prefix = charset_->prefix(at_root ? 0 : from.node->prefix);
  if (at_root) {
    for (const Candidate& one : candidates_)
      if (const int at = charset_->ending_at_root(one.code); at >= 0)
        extend_ending(from, rank, one, prefix.endings[static_cast<std::size_t>(at)].character);
    for (const std::int32_t i : part_order_) {
      const Candidate& one = candidates_[static_cast<std::size_t>(i)];
      extend_part(from, rank, one, prefix.steps[static_cast<std::size_t>(charset_->step_at_root(one.code))].prefix);
    }
    return;
  }
  for (const Charset::Ending& ending : prefix.endings)
    if (const Candidate* one = candidate(ending.code)) extend_ending(from, rank, *one, ending.character);
  for (const Charset::Step& step : prefix.steps)
    if (const Candidate* one = candidate(step.code)) extend_part(from, rank, *one, step.prefix);
}

void BeamSearch::extend_same(const From& from, Rank rank) {
  const Candidate* same = candidate(from.node->code);
  if (!same) return;
  Move move{same->code, from.node->character, same->alone, from.node->prefix, true};
  if (from.next != Next::NotAgain) add_plain(from, move, from.length, Next::Anything);
  if (from.next != Next::Anything || rank != Rank::Top || same->code == charset_->null_code()) return;
  move.certainty = same->with_null;
  add_plain(from, move, from.length, Next::NotAgain);
}

void BeamSearch::extend_ending(const From& from, Rank rank, const Candidate& one, int character) {
  if (from.node && from.node->code == one.code) return;
  const bool null = one.code == charset_->null_code();
  if (one.alone < kLeastCertainty && !null) return;
  add_character(from, {one.code, character, one.alone}, Next::Anything);
  if (rank == Rank::Top && !null) add_character(from, {one.code, character, shared(from, one)}, Next::OnlyAgain);
}

void BeamSearch::extend_part(const From& from, Rank rank, const Candidate& one, int prefix) {
  if (from.node && from.node->code == one.code) return;
  add_plain(from, {one.code, kNoChar, one.alone, prefix}, from.length + 1, Next::Anything);
  if (rank == Rank::Top && one.code != charset_->null_code())
    add_plain(from, {one.code, kNoChar, shared(from, one), prefix}, from.length + 1, Next::OnlyAgain);
}

// At the border of two characters the step may be a bit of both and of null.
float BeamSearch::shared(const From& from, const Candidate& one) const {
  if (!from.node || from.next != Next::Anything || from.node->code == charset_->null_code()) return one.with_null;
  const bool both = (from.node->code == best_ && one.code == second_) || (from.node->code == second_ && one.code == best_);
  return both ? one.with_both : one.with_null;
}

// The same code again, null within a character, or a part of one.
void BeamSearch::add_plain(const From& from, Move move, int length, Next next) {
  if (from.in_dictionary) {
    if (!(move.certainty > kWorstInDictionary)) return;
  } else {
    move.certainty *= kDictionaryRatio;
    if (move.certainty < kLeastCertainty && move.code != charset_->null_code()) return;
  }
  const int beam = beam_index(from.in_dictionary, next, length);
  if (!takes(beam, from, move.certainty)) return;
  const Support at_start = from.in_dictionary ? Support::None : Support::TopChoice;
  offer(beam, from, node_after(from, move, from.node ? from.node->support : at_start));
}

void BeamSearch::add_character(const From& from, const Move& move, Next next) {
  if (from.in_dictionary) {
    if (move.certainty > kWorstInDictionary) add_in_dictionary(from, move, next);
    return;
  }
  Move outside = move;
  outside.certainty *= kDictionaryRatio;
  const int plain = beam_index(false, next, 0);
  if (takes(plain, from, outside.certainty)) offer(plain, from, node_after(from, outside, Support::TopChoice));
  if (!dictionary_ || move.character == kNoChar) return;
  // After a space, or after a character of a script without spaces, a word may begin. The space counts for the word that
  // follows, so it does not pay the ratio; None tells that the nulls before it have paid.
  if (move.character != kSpaceChar) {
    if (!(*charset_)[move.character].spaced) add_opening(from, node_after(from, outside, Support::TopChoice), next);
  } else if (move.certainty > kWorstInDictionary) {
    add_opening(from, node_after(from, move, Support::None), next);
  }
}

void BeamSearch::add_in_dictionary(const From& from, const Move& move, Next next) {
  const int words = beam_index(true, next, 0), plain = beam_index(false, next, 0);
  const bool worth = takes(words, from, move.certainty);
  if (move.character == kNoChar) {
    if (worth) offer(words, from, node_after(from, move, Support::None));
    return;
  }
  if (!worth && !takes(plain, from, move.certainty)) return;
  const Node* letter = from.node && from.node->letter >= 0 ? &nodes_[static_cast<std::size_t>(from.node->letter)] : nullptr;
  if (move.character != kSpaceChar) {
    if (worth || !charset_->spaced_language()) add_letter_in_dictionary(from, move, letter, next);
  } else if (letter && letter->ends_word) {
    const Node node = node_after(from, move, letter->support);
    add_opening(from, node, next);
    offer(plain, from, node);
  }
}

void BeamSearch::add_letter_in_dictionary(const From& from, const Move& move, const Node* letter, Next next) {
  if (letter && letter->place_count == 0) return;
  // Letters of a script with spaces do not begin a word right after another.
  if (letter && letter->opens_dictionary && letter->character != kSpaceChar && (*charset_)[letter->character].spaced &&
      (*charset_)[move.character].spaced)
    return;
  const auto places = static_cast<std::uint32_t>(places_.size());
  const Dictionary::Answer answer = letter ? dictionary_->follow(places_, letter->places, letter->place_count, move.character)
                                           : dictionary_->follow(places_, 0, beginning_places_, move.character);
  if (answer.support == Support::None) return;
  Node node = node_after(from, move, answer.support);
  node.places = places;
  node.place_count = static_cast<std::uint16_t>(places_.size() - places);
  node.begins_word = !letter || letter->opens_dictionary;
  node.ends_word = answer.ends;
  if (!offer(beam_index(true, next, 0), from, node)) places_.resize(places);
  if (!answer.ends || charset_->spaced_language()) return;
  node.places = node.place_count = 0;
  add_opening(from, node, next);
  offer(beam_index(false, next, 0), from, node);
}

void BeamSearch::add_opening(const From& from, Node node, Next next) {
  node.score = node.certainty + from.score;
  Node& best = openings_[static_cast<std::size_t>(next)];
  if (best.code >= 0 && !(node.score > best.score)) return;
  node.opens_dictionary = true;
  node.places = 0;
  node.place_count = beginning_places_;
  best = node;
}

BeamSearch::Node BeamSearch::node_after(const From& from, const Move& move, Support support) const {
  Node node;
  node.hash = from.node ? from.node->hash : 0;
  if (!move.again && move.code != charset_->null_code()) {
    const auto classes = static_cast<std::uint64_t>(charset_->classes());
    const std::uint64_t carry = (node.hash >> 32) * classes >> 32;
    node.hash = node.hash * classes + carry + static_cast<std::uint64_t>(move.code);
  }
  node.certainty = move.certainty;
  node.previous = from.index;
  node.letter = move.character != kNoChar && !move.again ? kSelf : from.node ? from.node->letter : -1;
  node.code = move.code;
  node.character = move.character;
  node.prefix = move.prefix;
  node.support = support;
  node.again = move.again;
  return node;
}

// True where the node was taken.
bool BeamSearch::offer(int index, const From& from, Node node) {
  Beam& beam = beams_[static_cast<std::size_t>(index)];
  node.score = node.certainty + from.score;
  if (!beam.takes(node.score)) return false;
  return put(beam, node);
}

// Paths that read the same are one: the better stays.
bool BeamSearch::put(Beam& beam, const Node& node) {
  const auto less = [](const Node& a, const Node& b) { return a.score < b.score; };
  for (int i = 0; i < beam.size; ++i) {
    Node& other = beam.nodes[i];
    if (other.hash != node.hash || other.code != node.code || other.support != node.support ||
        other.opens_dictionary != node.opens_dictionary)
      continue;
    if (!(node.score > other.score)) return false;
    other = node;
    settle(beam.nodes, static_cast<std::size_t>(beam.size), static_cast<std::size_t>(i), less);
    return true;
  }
  push(beam.nodes, static_cast<std::size_t>(beam.size++), node, less);
  if (beam.size > beam.width) pop(beam.nodes, static_cast<std::size_t>(beam.size--), less);
  return true;
}

}  // namespace chartscan::ocr::lstm
