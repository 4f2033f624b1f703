#include "tests/scan/rigs/feeding_session.h"

#include <fmt/format.h>

#include "tests/contract/driver_contract.h"

namespace chartscan::testing {

void FeedingStore::add(const scan::Delivery& delivery) {
  const scan::SideOrigin& origin = *delivery.origin;
  const SideNumber place{origin.sheet, origin.side};
  if (live_.contains(place)) {
    ++superseded;
    if (attempts_[place] >= origin.attempt)
      trouble_ += fmt::format(" {}/{} came twice in attempt {};", place.sheet, place.side, origin.attempt);
  }
  attempts_[place] = origin.attempt;
  live_[place] = image_of(delivery);
  last = origin;
  notes += origin.notes.size();
}

std::string FeedingStore::wrong(int sides_per_sheet, bool exact) const {
  std::string found = trouble_;
  for (int sheet = 1; sheet <= kSheets; ++sheet)
    for (int side = 0; side < sides_per_sheet; ++side) {
      const auto stored = live_.find({sheet, side});
      if (stored == live_.end())
        found += fmt::format(" {}/{} is lost;", sheet, side);
      else if (number_on(stored->second) != SideNumber{sheet, side})
        found += fmt::format(" {}/{} shows another side;", sheet, side);
      else if (exact && stored->second.pixels != numbered_side({sheet, side}).pixels)
        found += fmt::format(" {}/{} is damaged;", sheet, side);
    }
  if (live_.size() != static_cast<std::size_t>(kSheets * sides_per_sheet))
    found += fmt::format(" {} sides stored;", live_.size());
  return found;
}

FeedingSession feed_with_operator(const scan::ScannerOptions& options, const std::filesystem::path& tray) {
  FeedingSession session;
  scan::FeedFrom from;
  while (!session.ended && session.faults.size() < 5) {
    const contract::Fed fed = contract::feed(*contract::opened(options, from));
    for (const scan::Delivery& side : fed.sides) session.store.add(side);
    session.ended = fed.end.has_value();
    if (!fed.fault) continue;
    session.faults.push_back(*fed.fault);
    from = scan::feed_again_from(session.store.last, *fed.fault);
    put_back_from(tray, from.sheet);
  }
  return session;
}

std::string matrix_row(const std::string& path, const std::string& source, SideNumber at, const std::string& fault,
                       const FeedingSession& session, const std::string& wrong) {
  const scan::Fault* first = session.faults.empty() ? nullptr : &session.faults.front();
  return fmt::format("{:<7}{:<11}{:<13}sheet {} {:<6} {:<13}{:<10}{:>2} superseded  {}\n", path, source, fault, at.sheet,
                     at.side == 0 ? "front" : "back", first ? to_string(first->kind) : "-", first ? to_string(first->phase) : "-",
                     session.store.superseded, wrong.empty() ? "all sides once, in order" : wrong);
}

}  // namespace chartscan::testing
