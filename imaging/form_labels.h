// What printed words beside a line say it is for. Inside this room; words in English, as forms here have them.
#pragma once

#include <string>
#include <vector>

#include "core/page.h"

namespace chartscan::imaging {

std::string letters_of(const std::string& word);  // lower case a to z, nothing else

// What the words of a label say together.
struct Label {
  bool sign = false, witness = false, cross = false, signer = false, entry = false, date = false, electronic = false;
  int words = 0, start = 0;
  std::string text;
  std::vector<Box> boxes;

  bool names_a_signature() const { return !electronic && !asks_the_date() && (sign || ((witness || cross) && !entry)); }
  bool names_a_signer() const { return !electronic && signer && !entry; }
  bool names_somebody() const { return !electronic && words > 0 && !entry; }
  bool asks_the_date() const { return date && words <= 4; }
};

void read_into(Label& label, const Word& word);

bool is_sign_word(const std::string& letters);
bool is_date_word(const std::string& letters);

}  // namespace chartscan::imaging
