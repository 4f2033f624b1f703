#include "core/document.h"

#include <algorithm>
#include <array>

namespace chartscan {
namespace {
constexpr std::array kLinkStatuses{"none", "review", "auto", "person"};
constexpr std::array kAgreements{"agrees", "close", "disagrees", "missing"};

template <typename Enum, typename Table>
std::optional<Enum> value_of(const Table& table, std::string_view text) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (text == table[i]) return static_cast<Enum>(i);
  return std::nullopt;
}
}  // namespace

const char* review_queue(const Document& document) {
  if (has_finding(document.findings, finding::kHeld)) return "held";
  if (has_finding(document.findings, finding::kForeignPage)) return "foreign-page";
  if (document.link.status != LinkStatus::Auto && document.link.status != LinkStatus::Person) return "patient";
  return has_finding(document.findings, finding::kTypeUnsure) ? "type" : "other";
}

double surety_of(const Document& document) { return std::min(document.type_confidence, document.link.confidence); }

const char* to_string(LinkStatus status) { return kLinkStatuses[static_cast<std::size_t>(status)]; }
const char* to_string(Agreement agreement) { return kAgreements[static_cast<std::size_t>(agreement)]; }
std::optional<LinkStatus> parse_link_status(std::string_view text) { return value_of<LinkStatus>(kLinkStatuses, text); }
std::optional<Agreement> parse_agreement(std::string_view text) { return value_of<Agreement>(kAgreements, text); }

}  // namespace chartscan
