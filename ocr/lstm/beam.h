// The most probable row of characters behind a network's scores, under the rules by which the network was trained (CTC: equal codes
// side by side are one, null codes are none) and with a dictionary's opinion: a path outside it pays kDictionaryRatio times.
//
// A path takes one code a step. Two classes often share a step at their border, where neither is sure though the sum is; so a step
// may count the sum with null (or with the neighbour), if an undivided step of the same code stands beside it: hence the three
// kinds of paths in Beams. Paths inside and outside the dictionary and paths in the midst of a character of several codes compete
// among their like only, which is why a handful of each is enough.
//
// The best path is Tesseract 5.3's (src/lstm/recodebeam.cpp: widths, offsets, order among equals), step by step and to the last bit of
// its certainties; only what cannot become the best path is left out. One search belongs to one thread; its memory stays for the
// next line.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ocr/lstm/charset.h"
#include "ocr/lstm/dictionary.h"
#include "ocr/lstm/network.h"

namespace chartscan::ocr::lstm {

constexpr float kLeastCertainty = -20.0f;  // natural logarithm of a probability; below it nothing is told apart

// What the best path says at one step of the line.
struct PathStep {
  int character = kNoChar;  // kNoChar: null, or part of a character
  float certainty = 0;      // of this step, with the ratio for paths outside the dictionary
  Support support = Support::None;
  bool begins_word = false;
  bool again = false;  // the code of the step before goes on
};

class BeamSearch {
 public:
  // As many steps as the scores have; empty where there are none. `dictionary` may be null.
  const std::vector<PathStep>& run(const LineScores& scores, const Charset& charset, const Dictionary* dictionary);
  // Of that line: the best probability at each step.
  float surest(int step) const { return tops_[static_cast<std::size_t>(step)].probability; }

 private:
  enum class Next : std::uint8_t { Anything, OnlyAgain, NotAgain };  // what may follow
  static constexpr int kNexts = 3;
  static constexpr std::size_t kWidest = 16;

  struct Node {
    std::uint64_t hash = 0;  // of the codes up to here: paths that read the same are one
    float score = 0;         // sum of the certainties so far
    float certainty = 0;
    std::int32_t previous = -1;  // in nodes_
    std::int32_t letter = -1;    // the last node up to this one that completes a character; kSelf until it has a place
    std::int32_t code = -1;
    std::int32_t character = kNoChar;
    std::int32_t prefix = 0;   // of the charset: the codes of the character begun
    std::uint32_t places = 0;  // in places_
    std::uint16_t place_count = 0;
    Support support = Support::None;
    bool opens_dictionary : 1 = false;  // a word of the dictionary may begin after it
    bool begins_word : 1 = false;
    bool ends_word : 1 = false;
    bool again : 1 = false;
  };
  static constexpr std::int32_t kSelf = -2;

  // The best paths of a kind at one step: a binary heap with the worst first. Its order decides between equals.
  struct Entry {
    float score = 0;
    std::int32_t node = -1;  // in nodes_
  };
  struct Beam {
    std::array<Entry, kWidest + 1> entries;
    int width = 0, size = 0;
    bool takes(float score) const { return size < width || score > entries[0].score; }
    void set(int at, const Entry& entry);

   private:
    int up(int hole, const Entry& entry);
    int down(int hole, const Entry& entry);
  };

  struct Top {  // the two most probable codes of a step; -1 = none
    int best = -1, second = -1;
    float probability = 0;  // of the best
    bool has(int code) const { return code >= 0 && (code == best || code == second); }
  };

  struct Candidate {  // a code that paths may take at this step
    int code = -1;
    int ending = -1;                                // its place among the charset's endings at the root
    float alone = 0, with_null = 0, with_both = 0;  // certainties; with_both: of the two best and null together
  };

  static Top top_of(std::span<const float> scores);
  bool quiet(const LineScores& scores, int t) const;
  void prepare(const LineScores& scores, const Charset& charset, const Dictionary* dictionary);
  void collect(std::span<const float> scores, const Top& top);
  Candidate measured(int code, std::span<const float> scores, const Top& top) const;
  const Candidate* candidate(int code) const;
  void step(const LineScores& scores, int t);
  float hopeless_score() const;
  int best_end() const;
  void read_back(int end);

  // A path to go on from: its last node; none at the first step.
  struct From {
    const Node* node = nullptr;
    std::int32_t index = -1;
    float score = 0;
    int length = 0;  // codes of the character begun
    Next next = Next::Anything;
    bool in_dictionary = false;
  };
  // One code more.
  struct Move {
    int code = 0;
    int character = kNoChar;
    float certainty = 0;
    std::int32_t prefix = 0;
    bool again = false;
  };
  void extend(const From& from);
  void extend_same(const From& from);
  void extend_ending(const From& from, const Candidate& one, int character);
  void extend_part(const From& from, const Candidate& one, int prefix);
  float shared(const From& from, const Candidate& one) const;
  void add_plain(const From& from, Move move, int length, Next next);
  void add_character(const From& from, const Move& move, Next next);
  void add_in_dictionary(const From& from, const Move& move, Next next);
  void add_letter_in_dictionary(const From& from, const Move& move, const Node* letter, Next next);
  void add_opening(const From& from, Node node, Next next);
  Node node_after(const From& from, const Move& move, Support support) const;
  bool takes(int beam, const From& from, float certainty) const {
    return beams_[static_cast<std::size_t>(beam)].takes(certainty + from.score);
  }
  bool offer(int beam, const From& from, Node node);
  bool put(Beam& beam, const Node& node);

  int beam_index(bool in_dictionary, Next next, int length) const {
    return ((in_dictionary ? kNexts : 0) + static_cast<int>(next)) * lengths_ + length;
  }
  From from_beam(int beam) const {
    return {nullptr, -1, 0, beam % lengths_, static_cast<Next>(beam / lengths_ % kNexts), beam >= kNexts * lengths_};
  }

  // Of the line.
  const Charset* charset_ = nullptr;
  const Dictionary* dictionary_ = nullptr;
  int lengths_ = 1;
  bool prunes_ = false;                    // paths that cannot win are not followed
  std::vector<Node> nodes_;                // kept, step by step
  std::vector<Dictionary::Place> places_;  // those of the beginning first
  std::uint16_t beginning_places_ = 0;
  std::vector<PathStep> path_;
  std::vector<Top> tops_;  // by step
  // Of the step.
  std::vector<Beam> beams_, before_;  // of this step and of the one before
  std::size_t room_ = 0;              // nodes that a step may need
  std::array<Node, kNexts> openings_;
  Top top_;
  std::vector<Candidate> candidates_;  // null and the two best codes, in the order of the charset's endings
  bool shares_ = false;                // is a path that counts a sum now able to go on at the next step?
  float hopeless_ = 0;                 // paths outside the dictionary below it are not followed
};

}  // namespace chartscan::ocr::lstm
