#include "scanner-drivers/sane/scripted_session.h"

#include <algorithm>

namespace chartscan::scan::sane {

Option& ScriptedSession::add(const std::string& name, ValueType type, Value value) {
  values_[name] = std::move(value);
  Option option{.index = static_cast<int>(options_.size()) + 1, .name = name, .title = name, .type = type};
  option.settable = option.readable = true;
  return options_.emplace_back(std::move(option));
}

void ScriptedSession::add_list(const std::string& name, std::vector<std::string> choices, const std::string& value) {
  add(name, ValueType::String, value).choices = std::move(choices);
}

void ScriptedSession::add_numbers(const std::string& name, std::vector<double> numbers, double value, Unit unit) {
  Option& option = add(name, ValueType::Int, value);
  option.numbers = std::move(numbers);
  option.unit = unit;
}

void ScriptedSession::add_range(const std::string& name, Range range, double value, Unit unit) {
  Option& option = add(name, ValueType::Fixed, value);
  option.range = range;
  option.unit = unit;
}

void ScriptedSession::add_switch(const std::string& name, bool value) { add(name, ValueType::Bool, value); }

void ScriptedSession::add_sensor(const std::string& name, bool value) { add(name, ValueType::Bool, value).settable = false; }

std::optional<Value> ScriptedSession::get(const Option& option) {
  const auto found = values_.find(option.name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

Code ScriptedSession::set(const Option& option, const Value& value) {
  const std::string name = option.name;
  if (const auto* text = std::get_if<std::string>(&value);
      text && std::ranges::find(option.choices, *text) == option.choices.end())
    return Code::Inval;
  values_[name] = value;
  if (on_set) on_set(name);
  return Code::Good;
}

Code ScriptedSession::parameters(Parameters& into) {
  into = frame_.parameters;
  return Code::Good;
}

Code ScriptedSession::start() {
  if (frames.empty()) return Code::NoDocs;
  frame_ = std::move(frames.front());
  frames.pop_front();
  at_ = 0;
  return frame_.start;
}

Code ScriptedSession::read(std::span<std::uint8_t> into, std::size_t& got) {
  got = std::min({into.size(), piece, frame_.bytes.size() - at_});
  std::copy_n(frame_.bytes.begin() + static_cast<std::ptrdiff_t>(at_), got, into.begin());
  at_ += got;
  return got > 0 ? Code::Good : frame_.end;
}

}  // namespace chartscan::scan::sane
