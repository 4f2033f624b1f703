// One open SANE device in plain types. Everything above works on this, so that option names of devices nobody here owns,
// and devices that misbehave, can be tried with a scripted twin. libsane.cpp alone knows sane.h.
// One thread. All options of the device are read again after a set() that says so.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace chartscan::scan::sane {

// SANE_Status, number by number; the last two are of newer libraries.
enum class Code {
  Good,
  Unsupported,
  Cancelled,
  DeviceBusy,
  Inval,
  Eof,
  Jammed,
  NoDocs,
  CoverOpen,
  IoError,
  NoMem,
  AccessDenied,
  WarmingUp,
  HwLocked
};
const char* to_string(Code code);  // "SANE_STATUS_JAMMED"

enum class ValueType { Bool, Int, Fixed, String, Button, Group };
enum class Unit { None, Pixel, Bit, Mm, Dpi, Percent, Microsecond };

struct Range {
  double low = 0, high = 0, step = 0;
};

struct Option {
  int index = 0;
  std::string name;  // as the command line of scanimage knows it
  std::string title;
  ValueType type = ValueType::Group;
  Unit unit = Unit::None;
  bool active = true;
  bool settable = false;  // by software
  bool readable = false;
  std::vector<std::string> choices;  // of a string
  std::vector<double> numbers;       // of an int or a fixed
  std::optional<Range> range;
};

using Value = std::variant<bool, double, std::string>;

enum class Frame { Gray, Rgb, Red, Green, Blue, Other };

// SANE_Parameters.
struct Parameters {
  Frame frame = Frame::Gray;
  bool last_frame = true;
  int bytes_per_line = 0;
  int pixels_per_line = 0;
  int lines = -1;  // -1 = not known before the end
  int depth = 8;
};

class Session {
 public:
  virtual ~Session() = default;                      // cancels and closes
  virtual const std::vector<Option>& options() = 0;  // valid until the next set()
  virtual std::optional<Value> get(const Option& option) = 0;
  virtual Code set(const Option& option, const Value& value) = 0;
  virtual Code parameters(Parameters& into) = 0;
  virtual Code start() = 0;
  virtual Code read(std::span<std::uint8_t> into, std::size_t& got) = 0;
  virtual void cancel() = 0;
};

std::optional<Option> find_option(Session& session, const std::string& name);  // the active one of that name

}  // namespace chartscan::scan::sane
