// Which words of the pages may be the word that was asked for, misread or mistyped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "indexer/index_reader.h"

namespace chartscan::indexer {

// A word of the pages and how far it is from the one asked for. Usual confusions of OCR (0/o, 1/l/i, rn/m, cl/d, e/c ...) cost 1, any other
// letter dropped, added or exchanged 2. A number is never taken for another number.
struct Similar {
  std::string term;
  int cost = 0;
};

// All words within what a word of this length may cost, but itself, cheapest first: nothing below three letters, one confusion at three,
// one edit at four, two edits from eight on.
Result<std::vector<Similar>> similar_terms(IndexReader& reader, std::string_view word);
double discount(int cost);  // share of its score that such a spelling keeps

// Terms of the words (`space` empty) or of a field (its layout::field_prefix) that differ from `word` by at most `edits` inserted, dropped
// or exchanged bytes; in order, without the space. With letters outside Latin one letter is two bytes or more.
Result<std::vector<std::string>> near_terms(IndexReader& reader, std::string_view space, std::string_view word, int edits);
bool is_near(std::string_view a, std::string_view b, int edits);

}  // namespace chartscan::indexer
