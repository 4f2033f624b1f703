// Capabilities of an open source: asked, set, and read back after every set, because a source may round, clip or ignore.
// What it does not know is no fault, scanning goes on with what is there; what stops everything (device gone, no memory)
// is kept as fault().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner-drivers/twain/containers.h"
#include "scanner-drivers/twain/session.h"

namespace chartscan::scan::twain {

class Negotiator {
 public:
  Negotiator(Session& session, FaultPhase phase) : session_(session), phase_(phase) {}

  // What can be chosen, with the current value in it.
  std::optional<Values> offered(Cap cap) { return read(cap, Message::Get); }
  std::optional<Values> current_values(Cap cap) { return read(cap, Message::GetCurrent); }
  std::optional<double> current(Cap cap);

  // In force afterwards; nothing where the source does not have it.
  std::optional<double> set(Cap cap, ItemType type, double wanted);
  // The same with the nearest value the source offers.
  std::optional<double> set_nearest(Cap cap, ItemType type, double wanted);
  void set_array(Cap cap, ItemType type, const std::vector<double>& wanted);

  // The first thing that went wrong for good.
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  std::optional<Values> read(Cap cap, Message message);
  bool put(Cap cap, Container container, const std::vector<std::uint8_t>& bytes);
  void note_failure(const Reply& reply);

  Session& session_;
  FaultPhase phase_;
  std::optional<Fault> fault_;
};

}  // namespace chartscan::scan::twain
