// What a model can read: its characters, and the codes its network says for them. A character is one code in most scripts and a
// row of up to nine in those with thousands of characters, so the codes form a trie that the decoder walks.
// Format: the components lstm-unicharset (text: a count, then a line for each character with its properties) and lstm-recoder
// (little endian: u32 count, then for each character i8 flag, i32 length, i32 codes[length]) as Tesseract 4 and 5 write them.
// Read once, then constant and shared by all threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::ocr::lstm {

constexpr int kNoChar = -1;
constexpr int kSpaceChar = 0;    // in every model
constexpr int kLongestCode = 9;  // codes of one character

struct Char {
  std::string text;  // UTF-8
  bool digit = false;
  bool letter = false;
  bool spaced = true;  // of a script that writes spaces between words
};

class Charset {
 public:
  // `recoder` may be empty: then each character is its own code.
  static Result<Charset> read(std::span<const std::uint8_t> unicharset, std::span<const std::uint8_t> recoder);

  // The codes that may follow a beginning of a character's row of codes. The order is that of the model: it decides between
  // equals.
  struct Ending {
    int code = 0;
    int character = kNoChar;  // that is complete with it
  };
  struct Step {
    int code = 0;
    int prefix = 0;  // that it leads to
  };
  struct Prefix {
    std::vector<Ending> endings;
    std::vector<Step> steps;
  };

  int size() const { return static_cast<int>(characters_.size()); }
  const Char& operator[](int id) const { return characters_[static_cast<std::size_t>(id)]; }
  int classes() const { return classes_; }      // different codes: outputs of the network
  int null_code() const { return null_code_; }  // "nothing new here"
  int longest_code() const { return longest_code_; }
  const Prefix& prefix(int index) const { return prefixes_[static_cast<std::size_t>(index)]; }  // 0 = nothing yet
  // Where in the root's lists a code stands; -1 = it does not.
  int ending_at_root(int code) const { return root_endings_[static_cast<std::size_t>(code)]; }
  int step_at_root(int code) const { return root_steps_[static_cast<std::size_t>(code)]; }
  // The character that this one code is; kNoChar for null and for codes that are only parts.
  int character_of(int code) const;

  bool spaced_language() const { return spaced_language_; }
  bool right_to_left() const { return right_to_left_; }  // more of its letters than not

 private:
  Status read_characters(std::span<const std::uint8_t> bytes);
  Status read_codes(std::span<const std::uint8_t> bytes);
  Status set_codes(const std::vector<std::vector<int>>& codes);
  void add(int character, std::span<const int> code);

  std::vector<Char> characters_;
  std::vector<Prefix> prefixes_{1};
  std::vector<int> root_endings_, root_steps_;
  int classes_ = 0, null_code_ = 0, longest_code_ = 0;
  bool special_ = false;  // ids 1 and 2 stand for "joined" and "broken", not for print
  bool spaced_language_ = true;
  bool right_to_left_ = false;
};

}  // namespace chartscan::ocr::lstm
