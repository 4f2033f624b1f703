#include "ocr/lstm/beam.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chartscan::ocr::lstm {
namespace {

// Tesseract's figures. Certainties are natural logarithms of probabilities.
constexpr std::array<int, kLongestCode> kWidths{5,  10, 16, 16, 16,
                                                16, 16, 16, 16};  // paths kept, by codes of the begun character
constexpr float kDictionaryRatio = 2.25f;
constexpr double kCertaintyOffset = -0.085;
constexpr float kWorstInDictionary = -25.0f / 7.0f;  // no word of the dictionary is worth a step less certain than this

constexpr std::size_t kMostKept = 1u << 16;  // nodes whose memory (3 MB) stays for the next line

// A path outside the dictionary that is so far behind the best of its like cannot win: whatever it does next the best can do too,
// but for one step that it may share with a neighbour where the best cannot, worth kDictionaryRatio * ln 3 = 2.5 at most. Twice
// that, so that it cannot crowd out another that may.
constexpr float kHopelesslyBehind = 5;

// Another code has 1 - this at most: outside the dictionary hopelessly behind, and inside worse than kWorstInDictionary.
constexpr float kSurelyNull = 0.98f;

float certainty_of(float probability) {
  static const float kLeastProbability = std::exp(kLeastCertainty);
  const float certainty = probability > kLeastProbability ? std::log(probability) : kLeastCertainty;
  return static_cast<float>(static_cast<double>(certainty) + kCertaintyOffset);
}

}  // namespace

int BeamSearch::Beam::up(int hole, const Entry& entry) {
  for (int parent; hole > 0 && entry.score < entries[static_cast<std::size_t>(parent = (hole - 1) / 2)].score; hole = parent)
    entries[static_cast<std::size_t>(hole)] = entries[static_cast<std::size_t>(parent)];
  return hole;
}

int BeamSearch::Beam::down(int hole, const Entry& entry) {
  const auto score = [this](int i) { return entries[static_cast<std::size_t>(i)].score; };
  for (int child; (child = 2 * hole + 1) < size; hole = child) {
    if (child + 1 < size && score(child + 1) < score(child)) ++child;
    if (!(score(child) < entry.score)) break;
    entries[static_cast<std::size_t>(hole)] = entries[static_cast<std::size_t>(child)];
  }
  return hole;
}

// At `at`, which has become better; else as one more, for which the worst goes where the beam is full.
void BeamSearch::Beam::set(int at, const Entry& entry) {
  if (at >= 0) {
    const int hole = up(down(at, entry), entry);
    entries[static_cast<std::size_t>(hole)] = entry;
    return;
  }
  const int hole = up(size, entry);
  entries[static_cast<std::size_t>(hole)] = entry;
  if (size < width) {
    ++size;
    return;
  }
  const Entry last = entries[static_cast<std::size_t>(size)];
  const int freed = down(0, last);
  entries[static_cast<std::size_t>(freed)] = last;
}

const std::vector<PathStep>& BeamSearch::run(const LineScores& scores, const Charset& charset, const Dictionary* dictionary) {
  prepare(scores, charset, dictionary);
  for (int t = 0; t < scores.steps; ++t) step(scores, t);
  read_back(best_end());
  return path_;
}

void BeamSearch::prepare(const LineScores& scores, const Charset& charset, const Dictionary* dictionary) {
  charset_ = &charset;
  dictionary_ = dictionary;
  lengths_ = charset.longest_code();
  if (nodes_.capacity() > kMostKept) std::vector<Node>().swap(nodes_);
  nodes_.clear();
  places_.clear();
  if (dictionary_) dictionary_->begin(places_);
  beginning_places_ = static_cast<std::uint16_t>(places_.size());

  beams_.assign(2 * kNexts * static_cast<std::size_t>(lengths_), {});
  room_ = 0;
  for (std::size_t beam = 0; beam < beams_.size(); ++beam) {
    beams_[beam].width = kWidths[beam % static_cast<std::size_t>(lengths_)];
    room_ += static_cast<std::size_t>(beams_[beam].width);
  }
  before_ = beams_;
  prunes_ = charset.spaced_language() && lengths_ == 1;
  tops_.clear();
  const int null = charset.null_code();
  for (int t = 0; t < scores.steps; ++t)
    tops_.push_back(quiet(scores, t) ? Top{null, -1, scores.at(t)[static_cast<std::size_t>(null)]} : top_of(scores.at(t)));
}

// Nothing but paper here and on both sides: no other code can matter, not even for a share of the step. But for the space: a path
// that leaves the dictionary by one may have its step at any price above kLeastCertainty.
bool BeamSearch::quiet(const LineScores& scores, int t) const {
  static const float kNoSpace = std::exp(kLeastCertainty / kDictionaryRatio);
  const auto sure = [&](int step) {
    return step < scores.steps && scores.at(step)[static_cast<std::size_t>(charset_->null_code())] >= kSurelyNull;
  };
  const auto spaceless = [&](int step) { return scores.at(step)[kSpaceChar] < kNoSpace; };
  return prunes_ && t > 0 && sure(t) && sure(t - 1) && spaceless(t) &&
         (t + 1 == scores.steps || (sure(t + 1) && spaceless(t + 1)));
}

BeamSearch::Top BeamSearch::top_of(std::span<const float> scores) {
  Top top{-1, -1, -1};
  float second = -1;
  const auto see = [&](std::size_t code) {
    const float score = scores[code];
    if (!(score > second)) return;
    if (score > top.probability) {
      second = top.probability, top.second = top.best;
      top.probability = score, top.best = static_cast<int>(code);
    } else {
      second = score, top.second = static_cast<int>(code);
    }
  };
  std::size_t code = 0;
  for (; code + 4 <= scores.size(); code += 4) {  // hardly any four has one worth seeing
    const float* four = scores.data() + code;
    if (!(std::max(std::max(four[0], four[1]), std::max(four[2], four[3])) > second)) continue;
    for (std::size_t i = 0; i < 4; ++i) see(code + i);
  }
  for (; code < scores.size(); ++code) see(code);
  return top;
}

BeamSearch::Candidate BeamSearch::measured(int code, std::span<const float> scores, const Top& top) const {
  const auto score = [&scores](int of) { return scores[static_cast<std::size_t>(of)]; };
  Candidate one{code, charset_->ending_at_root(code), certainty_of(score(code)), 0, 0};
  if (code == charset_->null_code()) return one;
  const float with_null = score(code) + score(charset_->null_code());
  one.with_null = certainty_of(with_null);
  if (top.second >= 0) one.with_both = certainty_of(with_null + score(code == top.best ? top.second : top.best));
  return one;
}

// Null is always among them, so that every path can go on and lesser codes are never needed.
void BeamSearch::collect(std::span<const float> scores, const Top& top) {
  candidates_.clear();
  candidates_.push_back(measured(charset_->null_code(), scores, top));
  for (const int code : {top.best, top.second})
    if (code >= 0 && code != charset_->null_code()) candidates_.push_back(measured(code, scores, top));
  std::ranges::sort(candidates_, {}, &Candidate::ending);
}

const BeamSearch::Candidate* BeamSearch::candidate(int code) const {
  for (const Candidate& one : candidates_)
    if (one.code == code) return &one;
  return nullptr;
}

void BeamSearch::step(const LineScores& scores, int t) {
  std::swap(beams_, before_);
  for (Beam& beam : beams_) beam.size = 0;
  for (Node& opening : openings_) opening.code = -1;
  if (nodes_.capacity() < nodes_.size() + room_) nodes_.reserve(2 * nodes_.capacity() + room_);  // they stay where they are
  top_ = tops_[static_cast<std::size_t>(t)];
  collect(scores.at(t), top_);
  // A shared step wants the same code alone beside it: where the next step has no such code, none need be tried.
  const Top next_top = t + 1 < scores.steps ? tops_[static_cast<std::size_t>(t) + 1] : Top{};
  const int null = charset_->null_code();
  shares_ = (top_.best != null && next_top.has(top_.best)) || (top_.second != null && next_top.has(top_.second));
  hopeless_ = hopeless_score();
  if (t == 0) {
    extend({});
    if (dictionary_) extend({.in_dictionary = true});
  }
  for (int beam = 0; beam < static_cast<int>(before_.size()); ++beam) {
    From from = from_beam(beam);
    const Beam& paths = before_[static_cast<std::size_t>(beam)];
    for (int i = paths.size - 1; i >= 0; --i) {
      from.index = paths.entries[static_cast<std::size_t>(i)].node;
      from.node = &nodes_[static_cast<std::size_t>(from.index)];
      from.score = from.node->score;
      extend(from);
    }
  }
  // Of all ways to begin a word here the best is enough.
  for (int next = 0; next < kNexts; ++next)
    if (const Node& opening = openings_[static_cast<std::size_t>(next)]; opening.code >= 0) {
      Beam& beam = beams_[static_cast<std::size_t>(beam_index(true, static_cast<Next>(next), 0))];
      if (beam.takes(opening.score)) put(beam, opening);
    }
}

// A path in the dictionary counts only where its last word may end.
int BeamSearch::best_end() const {
  int best = -1;
  for (const Next next : {Next::Anything, Next::NotAgain})
    for (const bool in_dictionary : {false, true}) {
      const Beam& beam = beams_[static_cast<std::size_t>(beam_index(in_dictionary, next, 0))];
      for (int i = 0; i < beam.size; ++i) {
        const std::int32_t at = beam.entries[static_cast<std::size_t>(i)].node;
        const Node& node = nodes_[static_cast<std::size_t>(at)];
        if (in_dictionary) {
          if (node.letter < 0) continue;
          const Node& letter = nodes_[static_cast<std::size_t>(node.letter)];
          if (!letter.ends_word && letter.character != kSpaceChar) continue;
        }
        if (best < 0 || node.score > nodes_[static_cast<std::size_t>(best)].score) best = at;
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

// The best path can go on at least with the best code that completes a character, or with null. Where words follow each other
// without spaces every character may begin one, so that a path behind may still be the only one at that.
float BeamSearch::hopeless_score() const {
  const Beam& plain = before_[static_cast<std::size_t>(beam_index(false, Next::Anything, 0))];
  if (plain.size == 0 || !prunes_) return -std::numeric_limits<float>::infinity();
  float best = plain.entries[0].score, certainty = kLeastCertainty;
  for (int i = 1; i < plain.size; ++i) best = std::max(best, plain.entries[static_cast<std::size_t>(i)].score);
  for (const Candidate& one : candidates_)
    if (one.ending >= 0) certainty = std::max(certainty, one.alone);
  return best + kDictionaryRatio * certainty - kHopelesslyBehind;
}

void BeamSearch::extend(const From& from) {
  if (from.node) {
    extend_same(from);
    if (from.next == Next::OnlyAgain) return;
    if (from.length > 0 && from.node->code != charset_->null_code())
      add_plain(from, {charset_->null_code(), kNoChar, candidate(charset_->null_code())->alone, from.node->prefix}, from.length,
                Next::Anything);
  }
  if (from.length == 0) {
    const Charset::Prefix& root = charset_->prefix(0);
    for (const Candidate& one : candidates_)
      if (one.ending >= 0) extend_ending(from, one, root.endings[static_cast<std::size_t>(one.ending)].character);
    if (root.steps.empty()) return;
    for (const Candidate& one : candidates_)
      if (const int at = charset_->step_at_root(one.code); at >= 0)
        extend_part(from, one, root.steps[static_cast<std::size_t>(at)].prefix);
    return;
  }
  const Charset::Prefix& prefix = charset_->prefix(from.node->prefix);
  for (const Charset::Ending& ending : prefix.endings)
    if (const Candidate* one = candidate(ending.code)) extend_ending(from, *one, ending.character);
  for (const Charset::Step& step : prefix.steps)
    if (const Candidate* one = candidate(step.code)) extend_part(from, *one, step.prefix);
}

void BeamSearch::extend_same(const From& from) {
  const Candidate* same = candidate(from.node->code);
  if (!same) return;
  Move move{same->code, from.node->character, same->alone, from.node->prefix, true};
  if (from.next != Next::NotAgain) add_plain(from, move, from.length, Next::Anything);
  if (from.next != Next::Anything || same->code == charset_->null_code()) return;
  move.certainty = same->with_null;
  add_plain(from, move, from.length, Next::NotAgain);
}

void BeamSearch::extend_ending(const From& from, const Candidate& one, int character) {
  if (from.node && from.node->code == one.code) return;
  const bool null = one.code == charset_->null_code();
  if (one.alone < kLeastCertainty && !null) return;
  add_character(from, {one.code, character, one.alone}, Next::Anything);
  if (shares_ && !null) add_character(from, {one.code, character, shared(from, one)}, Next::OnlyAgain);
}

void BeamSearch::extend_part(const From& from, const Candidate& one, int prefix) {
  if (from.node && from.node->code == one.code) return;
  add_plain(from, {one.code, kNoChar, one.alone, prefix}, from.length + 1, Next::Anything);
  if (shares_ && one.code != charset_->null_code())
    add_plain(from, {one.code, kNoChar, shared(from, one), prefix}, from.length + 1, Next::OnlyAgain);
}

// At the border of two characters the step may be a bit of both and of null.
float BeamSearch::shared(const From& from, const Candidate& one) const {
  if (!from.node || from.next != Next::Anything || from.node->code == charset_->null_code()) return one.with_null;
  const bool both = from.node->code != one.code && top_.has(from.node->code) && top_.has(one.code);
  return both ? one.with_both : one.with_null;
}

// The same code again, null within a character, or a part of one.
void BeamSearch::add_plain(const From& from, Move move, int length, Next next) {
  if (from.in_dictionary) {
    if (!(move.certainty > kWorstInDictionary)) return;
  } else {
    move.certainty *= kDictionaryRatio;
    if (move.certainty < kLeastCertainty && move.code != charset_->null_code()) return;
    if (length == 0 && move.certainty + from.score < hopeless_) return;
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
  if (outside.certainty + from.score >= hopeless_ && takes(plain, from, outside.certainty))
    offer(plain, from, node_after(from, outside, Support::TopChoice));
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

// Paths that read the same are one: the better stays. Of the others the worst goes.
bool BeamSearch::put(Beam& beam, const Node& node) {
  int at = 0;  // whose place is taken
  for (; at < beam.size; ++at) {
    const Node& other = nodes_[static_cast<std::size_t>(beam.entries[static_cast<std::size_t>(at)].node)];
    if (other.hash != node.hash || other.code != node.code || other.support != node.support ||
        other.opens_dictionary != node.opens_dictionary)
      continue;
    if (!(node.score > other.score)) return false;
    break;
  }
  const bool known = at < beam.size;
  std::int32_t place = static_cast<std::int32_t>(nodes_.size());
  if (known)
    place = beam.entries[static_cast<std::size_t>(at)].node;
  else if (beam.size == beam.width)
    place = beam.entries[0].node;
  else
    nodes_.emplace_back();
  Node& kept = nodes_[static_cast<std::size_t>(place)];
  kept = node;
  if (kept.letter == kSelf) kept.letter = place;
  beam.set(known ? at : -1, {node.score, place});
  return true;
}

}  // namespace chartscan::ocr::lstm
