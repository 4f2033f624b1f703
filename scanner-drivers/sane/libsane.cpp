#include "scanner-drivers/sane/libsane.h"

#include <dlfcn.h>
#include <sane/sane.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace chartscan::scan::sane {

namespace {

static_assert(static_cast<int>(Code::Jammed) == SANE_STATUS_JAMMED &&
              static_cast<int>(Code::AccessDenied) == SANE_STATUS_ACCESS_DENIED);

constexpr std::size_t kLongestValue =
    1 << 18;  // bytes of one option: gamma tables of 16 bits, the largest there are, take all of it

// Its functions under their own names.
struct Functions {
  decltype(&sane_init) init = nullptr;
  decltype(&sane_exit) exit = nullptr;
  decltype(&sane_get_devices) get_devices = nullptr;
  decltype(&sane_open) open = nullptr;
  decltype(&sane_close) close = nullptr;
  decltype(&sane_get_option_descriptor) get_option_descriptor = nullptr;
  decltype(&sane_control_option) control_option = nullptr;
  decltype(&sane_get_parameters) get_parameters = nullptr;
  decltype(&sane_start) start = nullptr;
  decltype(&sane_read) read = nullptr;
  decltype(&sane_cancel) cancel = nullptr;
  decltype(&sane_set_io_mode) set_io_mode = nullptr;
};

template <typename Function>
bool find(void* library, const char* name, Function& into) {
  into = reinterpret_cast<Function>(::dlsym(library, name));
  return into != nullptr;
}

bool find_all(void* library, Functions& f) {
  return find(library, "sane_init", f.init) && find(library, "sane_exit", f.exit) &&
         find(library, "sane_get_devices", f.get_devices) && find(library, "sane_open", f.open) &&
         find(library, "sane_close", f.close) && find(library, "sane_get_option_descriptor", f.get_option_descriptor) &&
         find(library, "sane_control_option", f.control_option) && find(library, "sane_get_parameters", f.get_parameters) &&
         find(library, "sane_start", f.start) && find(library, "sane_read", f.read) && find(library, "sane_cancel", f.cancel) &&
         find(library, "sane_set_io_mode", f.set_io_mode);
}

Code code_of(SANE_Status status) { return static_cast<Code>(status); }
std::string text(SANE_String_Const string) { return string ? string : ""; }

ValueType type_of(SANE_Value_Type type) {
  switch (type) {
    case SANE_TYPE_BOOL: return ValueType::Bool;
    case SANE_TYPE_INT: return ValueType::Int;
    case SANE_TYPE_FIXED: return ValueType::Fixed;
    case SANE_TYPE_STRING: return ValueType::String;
    case SANE_TYPE_BUTTON: return ValueType::Button;
    case SANE_TYPE_GROUP: return ValueType::Group;
  }
  return ValueType::Group;
}

double number(ValueType type, SANE_Word word) { return type == ValueType::Fixed ? SANE_UNFIX(word) : word; }

SANE_Word word(ValueType type, double value) {
  return static_cast<SANE_Word>(std::lround(type == ValueType::Fixed ? value * (1 << SANE_FIXED_SCALE_SHIFT) : value));
}

Option option_of(int index, const SANE_Option_Descriptor& from) {
  Option option{.index = index, .name = text(from.name), .title = text(from.title), .type = type_of(from.type)};
  option.unit = from.unit <= SANE_UNIT_MICROSECOND ? static_cast<Unit>(from.unit) : Unit::None;
  option.active = SANE_OPTION_IS_ACTIVE(from.cap);
  option.settable = SANE_OPTION_IS_SETTABLE(from.cap);
  option.readable = (from.cap & SANE_CAP_SOFT_DETECT) != 0;
  if (from.constraint_type == SANE_CONSTRAINT_STRING_LIST && from.constraint.string_list)
    for (const SANE_String_Const* choice = from.constraint.string_list; *choice; ++choice) option.choices.emplace_back(*choice);
  if (from.constraint_type == SANE_CONSTRAINT_WORD_LIST && from.constraint.word_list)
    for (SANE_Word i = 1; i <= from.constraint.word_list[0]; ++i)
      option.numbers.push_back(number(option.type, from.constraint.word_list[i]));
  if (from.constraint_type == SANE_CONSTRAINT_RANGE && from.constraint.range) {
    const SANE_Range& range = *from.constraint.range;
    option.range = Range{number(option.type, range.min), number(option.type, range.max), number(option.type, range.quant)};
  }
  return option;
}

// Memory as large as the driver believes the value to be, and never without an end.
std::vector<SANE_Word> room_for(const SANE_Option_Descriptor& descriptor) {
  const auto size = static_cast<std::size_t>(std::max<SANE_Int>(descriptor.size, sizeof(SANE_Word)));
  return std::vector<SANE_Word>(size / sizeof(SANE_Word) + 2, 0);
}

class LibSession : public Session {
 public:
  LibSession(std::shared_ptr<const Library> library, const Functions& functions, SANE_Handle handle)
      : library_(std::move(library)), f_(functions), handle_(handle) {
    reload();
  }
  ~LibSession() override {
    f_.cancel(handle_);
    f_.close(handle_);
  }
  LibSession(const LibSession&) = delete;
  LibSession& operator=(const LibSession&) = delete;

  const std::vector<Option>& options() override { return options_; }

  std::optional<Value> get(const Option& option) override {
    const SANE_Option_Descriptor* descriptor = described(option.index);
    if (!descriptor) return std::nullopt;
    std::vector<SANE_Word> room = room_for(*descriptor);
    if (f_.control_option(handle_, option.index, SANE_ACTION_GET_VALUE, room.data(), nullptr) != SANE_STATUS_GOOD)
      return std::nullopt;
    switch (type_of(descriptor->type)) {
      case ValueType::Bool: return Value(room[0] != SANE_FALSE);
      case ValueType::Int:
      case ValueType::Fixed: return Value(number(option.type, room[0]));
      case ValueType::String: return Value(std::string(reinterpret_cast<const char*>(room.data())));
      default: return std::nullopt;
    }
  }

  Code set(const Option& option, const Value& value) override {
    const SANE_Option_Descriptor* descriptor = described(option.index);
    if (!descriptor) return Code::Unsupported;
    std::vector<SANE_Word> room = room_for(*descriptor);
    if (!put(value, option.type, *descriptor, room)) return Code::Inval;
    SANE_Int info = 0;
    const SANE_Status status = f_.control_option(handle_, option.index, SANE_ACTION_SET_VALUE, room.data(), &info);
    if (info & SANE_INFO_RELOAD_OPTIONS) reload();
    return code_of(status);
  }

  Code parameters(Parameters& into) override {
    SANE_Parameters from{};
    const SANE_Status status = f_.get_parameters(handle_, &from);
    if (status != SANE_STATUS_GOOD) return code_of(status);
    into = {.frame =
                from.format >= SANE_FRAME_GRAY && from.format <= SANE_FRAME_BLUE ? static_cast<Frame>(from.format) : Frame::Other,
            .last_frame = from.last_frame != SANE_FALSE,
            .bytes_per_line = from.bytes_per_line,
            .pixels_per_line = from.pixels_per_line,
            .lines = from.lines,
            .depth = from.depth};
    return Code::Good;
  }

  Code start() override { return code_of(f_.start(handle_)); }

  Code read(std::span<std::uint8_t> into, std::size_t& got) override {
    SANE_Int length = 0;
    const SANE_Status status = f_.read(handle_, into.data(), static_cast<SANE_Int>(into.size()), &length);
    got = length > 0 ? std::min(static_cast<std::size_t>(length), into.size()) : 0;
    return code_of(status);
  }

  void cancel() override { f_.cancel(handle_); }

 private:
  const SANE_Option_Descriptor* described(int index) {
    const SANE_Option_Descriptor* descriptor = f_.get_option_descriptor(handle_, index);
    return descriptor && descriptor->size >= 0 && static_cast<std::size_t>(descriptor->size) <= kLongestValue ? descriptor
                                                                                                              : nullptr;
  }

  bool put(const Value& value, ValueType type, const SANE_Option_Descriptor& descriptor, std::vector<SANE_Word>& room) {
    if (const auto* yes = std::get_if<bool>(&value); yes && type == ValueType::Bool) {
      room[0] = *yes ? SANE_TRUE : SANE_FALSE;
    } else if (const auto* amount = std::get_if<double>(&value); amount && (type == ValueType::Int || type == ValueType::Fixed)) {
      room[0] = word(type, *amount);
    } else if (const auto* words = std::get_if<std::string>(&value); words && type == ValueType::String) {
      if (words->size() >= static_cast<std::size_t>(std::max<SANE_Int>(descriptor.size, 1))) return false;
      std::memcpy(room.data(), words->data(), words->size());
    } else {
      return false;
    }
    return true;
  }

  void reload() {
    options_.clear();
    SANE_Int count = 0;
    if (f_.control_option(handle_, 0, SANE_ACTION_GET_VALUE, &count, nullptr) != SANE_STATUS_GOOD) return;
    for (SANE_Int index = 1; index < count; ++index)
      if (const SANE_Option_Descriptor* descriptor = f_.get_option_descriptor(handle_, index))
        options_.push_back(option_of(index, *descriptor));
  }

  std::shared_ptr<const Library> library_;  // outlives the handle
  const Functions& f_;
  SANE_Handle handle_;
  std::vector<Option> options_;
};

class LibSane : public Library, public std::enable_shared_from_this<LibSane> {
 public:
  explicit LibSane(const Functions& functions) : f_(functions) {}
  ~LibSane() override { f_.exit(); }  // the library itself stays loaded: backends leave threads behind
  LibSane(const LibSane&) = delete;
  LibSane& operator=(const LibSane&) = delete;

  Result<std::vector<DeviceInfo>> devices() override {
    const SANE_Device** list = nullptr;
    if (const SANE_Status status = f_.get_devices(&list, SANE_FALSE); status != SANE_STATUS_GOOD || !list)
      return Error{ErrorCode::DeviceFault,
                   fmt::format("libsane cannot list scanners ({}); try again, or name the device", to_string(code_of(status)))};
    std::vector<DeviceInfo> devices;
    for (; *list; ++list)
      devices.push_back({text((*list)->name), text((*list)->vendor), text((*list)->model), text((*list)->type)});
    return devices;
  }

  std::variant<std::unique_ptr<Session>, Code> open(const std::string& name) override {
    SANE_Handle handle = nullptr;
    if (const SANE_Status status = f_.open(name.c_str(), &handle); status != SANE_STATUS_GOOD) return code_of(status);
    f_.set_io_mode(handle, SANE_FALSE);  // blocking; not all know of another mode, so the answer does not matter
    return std::make_unique<LibSession>(shared_from_this(), f_, handle);
  }

  std::string kind_of(const std::string& name) override {
    const Result<std::vector<DeviceInfo>> all = devices();
    if (!all.ok()) return {};
    const auto found = std::ranges::find(*all, name, &DeviceInfo::id);
    return found == all->end() ? std::string{} : found->kind;
  }

 private:
  Functions f_;
};

}  // namespace

Result<std::shared_ptr<Library>> load_library() {
  void* library = ::dlopen("libsane.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return Error{ErrorCode::Configuration,
                 fmt::format("libsane cannot be loaded ({}); install libsane1 to use SANE scanners", ::dlerror())};
  Functions functions;
  if (!find_all(library, functions))
    return Error{ErrorCode::Configuration, "libsane.so.1 lacks functions of the SANE 1 interface; reinstall libsane1"};
  // Without a way to ask for passwords a guarded network device says ACCESS_DENIED, which is told as it is.
  if (const SANE_Status status = functions.init(nullptr, nullptr); status != SANE_STATUS_GOOD)
    return Error{ErrorCode::DeviceFault,
                 fmt::format("libsane cannot be started ({}); look at its settings in /etc/sane.d", to_string(code_of(status)))};
  return std::shared_ptr<Library>(std::make_shared<LibSane>(functions));
}

}  // namespace chartscan::scan::sane
