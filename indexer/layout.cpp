#include "indexer/layout.h"

namespace chartscan::indexer::layout {
namespace {

constexpr char kFieldMark = 1;

}  // namespace

std::string field_term(std::string_view field, std::string_view value) {
  std::string term = field_prefix(field);
  for (const char c : value) {
    if (c >= 0 && c <= 2) {
      term += '\x02';
      term += static_cast<char>(c + 0x10);
    } else {
      term += c;
    }
  }
  return term;
}

std::string field_prefix(std::string_view field) { return kFieldMark + std::string(field) + kFieldMark; }

bool is_field_term(std::string_view term) { return !term.empty() && term.front() == kFieldMark; }

std::string behind(std::string_view term) { return std::string(term) + '\0'; }

}  // namespace chartscan::indexer::layout
