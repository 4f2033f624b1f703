// The fake source's capabilities: what it has, what may be set, and their containers, written independently of the driver.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scanner-drivers/twain/wire.h"
#include "tests/twain/options.h"

namespace chartscan::fake_twain {

namespace tw = scan::twain;

struct Setting {
  tw::ItemType type = tw::ItemType::Uint16;
  std::vector<double> choices;  // empty with `is_range` false: read only, what `now` says
  bool is_range = false, is_array = false;
  double low = 0, high = 0, step = 0;
  double now = 0;
  std::vector<double> now_all;  // of an array
  std::string text;
};

class Capabilities {
 public:
  explicit Capabilities(const Options& options);

  bool has(tw::Cap cap) const { return settings_.contains(cap); }
  int now(tw::Cap cap) const { return static_cast<int>(settings_.at(cap).now); }
  void refresh(tw::Cap cap, double value) { settings_.at(cap).now = value; }  // of a sensor

  // The container's kind and its bytes.
  std::vector<std::uint8_t> get(tw::Cap cap, bool current_only, tw::Container& container) const;
  // Zero, or a condition code; `rounded` where another value than the wanted one is in force.
  tw::ConditionCode set(tw::Cap cap, tw::Container container, const std::uint8_t* bytes, bool& rounded);

 private:
  void pixel_type_changed();
  std::map<tw::Cap, Setting> settings_;
  bool rounds_ = false;
};

}  // namespace chartscan::fake_twain
