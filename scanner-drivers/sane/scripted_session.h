// A SANE device for tests: options as told, each side a script of frames. Remembers what was asked of it.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "scanner-drivers/sane/session.h"

namespace chartscan::scan::sane {

struct ScriptedFrame {
  Code start = Code::Good;
  Parameters parameters;
  std::vector<std::uint8_t> bytes;
  Code end = Code::Eof;  // what reading says behind the last byte
};

class ScriptedSession : public Session {
 public:
  // Option makers; values live beside them.
  void add_list(const std::string& name, std::vector<std::string> choices, const std::string& value);
  void add_numbers(const std::string& name, std::vector<double> numbers, double value, Unit unit = Unit::None);
  void add_range(const std::string& name, Range range, double value, Unit unit = Unit::None);
  void add_switch(const std::string& name, bool value);
  void add_sensor(const std::string& name, bool value);
  void put(const std::string& name, const Value& value) { values_[name] = value; }
  const Value& value(const std::string& name) const { return values_.at(name); }

  std::deque<ScriptedFrame> frames;                // each start() takes one; none left: NO_DOCS
  std::size_t piece = 1 << 16;                     // bytes a read gives at most
  std::function<void(const std::string&)> on_set;  // after an option was set: the device changes its mind
  int cancels = 0;

  const std::vector<Option>& options() override { return options_; }
  std::optional<Value> get(const Option& option) override;
  Code set(const Option& option, const Value& value) override;
  Code parameters(Parameters& into) override;
  Code start() override;
  Code read(std::span<std::uint8_t> into, std::size_t& got) override;
  void cancel() override { ++cancels; }

 private:
  Option& add(const std::string& name, ValueType type, Value value);

  std::vector<Option> options_;
  std::map<std::string, Value> values_;
  ScriptedFrame frame_;
  std::size_t at_ = 0;
};

}  // namespace chartscan::scan::sane
