#include "scanner-drivers/scripted_feeder.h"

namespace chartscan::scan {

ScriptedFeeder::ScriptedFeeder(std::string name, std::vector<Result<Fed>> script) : name_(std::move(name)), script_(std::move(script)) {}

Result<Fed> ScriptedFeeder::next() {
  const std::size_t turn = asked_++;
  return turn < script_.size() ? script_[turn] : Result<Fed>(Fed(End{}));
}

}  // namespace chartscan::scan
