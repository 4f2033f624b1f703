// Which words the pages really hold near to a word that was asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "indexer/index_reader.h"

namespace chartscan::indexer {

// Terms of the words (`space` empty) or of a field (its layout::field_prefix) that differ from `word` by at most `edits`
// inserted, dropped or exchanged bytes; in order. With letters outside Latin one letter is two bytes or more.
Result<std::vector<std::string>> near_terms(IndexReader& index, std::string_view space, std::string_view word, int edits);
bool is_near(std::string_view a, std::string_view b, int edits);

// Words on the pages that `word`, which is on none, may stand for: first what the usual confusions of OCR make of it (0/o,
// 1/l/i, 5/s, 8/b, rn/m, cl/d, vv/w), then what is one edit away, or two from eight letters on. A number is never
// taken for another number. Empty when nothing is close.
Result<std::vector<std::string>> likely_spellings(IndexReader& index, const std::string& word);

}  // namespace chartscan::indexer
