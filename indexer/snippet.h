// Which words of a page answer the question, and how to show them. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/page.h"

namespace chartscan::indexer {

struct HitBox;

// Words in a row, each with the spellings that count.
struct HitWord {
  std::vector<std::string> terms;  // sorted
  bool prefix = false;             // `terms` holds one beginning of words
};
using HitPhrase = std::vector<HitWord>;

// Indices into text.words, rising.
std::vector<std::size_t> hit_words(const PageText& text, const std::vector<HitPhrase>& phrases);

// The stretch of text with the most different hits close together, or the beginning of the page without any.
std::string make_snippet(const PageText& text, const std::vector<std::size_t>& hits);

std::vector<HitBox> hit_boxes(const Page& page, const PageText& text, const std::vector<std::size_t>& hits);

}  // namespace chartscan::indexer
