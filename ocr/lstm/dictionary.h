// Does a word go on so? Three graphs together: words, numbers, and the punctuation around them. In the graph of punctuation the
// space stands for "a word or a number here" ("( )", " .", "\" .\""), in that of numbers for any digit. Constant, shared by all
// threads; whoever follows a word holds its places.
// Rules: Tesseract 5.3, Dict::def_letter_is_okay and Dict::default_dawgs (src/dict/dict.cpp), without the user's own words.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ocr/lstm/charset.h"
#include "ocr/lstm/container.h"
#include "ocr/lstm/dawg.h"

namespace chartscan::ocr::lstm {

// What made a path believable, from weak to strong; the figures are only compared.
enum class Support : std::uint8_t { None = 0, Punctuation = 1, TopChoice = 2, Number = 6, Word = 8 };

class Dictionary {
 public:
  // One way of understanding the letters so far. A word has a few at once: "'" may open a quotation or be part of 'tis.
  struct Place {
    enum class In : std::uint8_t {
      Lead,
      Words,
      Numbers,
      Tail
    };                                     // Lead: only punctuation so far; Tail: punctuation after the core
    Dawg::Edge core = Dawg::kNone;         // last edge in words or numbers
    Dawg::Edge punctuation = Dawg::kNone;  // last edge there; kNone at its beginning, or where there is no such graph
    In in = In::Lead;
    bool numeric = false;  // which graph a Tail came from
    bool operator==(const Place&) const = default;
  };
  struct Answer {
    Support support = Support::None;  // None: no word goes on so
    bool ends = false;                // and it may end here
  };

  // No dictionary where the model brings none. `charset` outlives it.
  static Result<std::optional<Dictionary>> read(const ModelParts& parts, const Charset& charset);

  // The places before the first letter, appended to `places`.
  void begin(std::vector<Place>& places) const;
  // After one more character: reads `count` places of `places` from `from`, appends the new ones. `places` may grow meanwhile.
  Answer follow(std::vector<Place>& places, std::size_t from, std::size_t count, int character) const;

 private:
  explicit Dictionary(const Charset& charset) : charset_(&charset) {}
  void leave_lead(const Place& place, int character, std::vector<Place>& places, std::size_t fresh, Answer& answer) const;
  void go_on(const Place& place, int character, std::vector<Place>& places, std::size_t fresh, Answer& answer) const;
  const Dawg* core(bool numeric) const { return numeric ? numbers_.get() : words_.get(); }
  int in_core(bool numeric, int character) const { return numeric && (*charset_)[character].digit ? kSpaceChar : character; }

  const Charset* charset_;
  std::unique_ptr<const Dawg> punctuation_, words_, numbers_;
};

}  // namespace chartscan::ocr::lstm
