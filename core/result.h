// Errors as values. A function that can fail returns Result<T>; the caller adds where it was.
// A problem with a page is not an error but a Finding (core/finding.h). Asserts are for our own mistakes, never for input.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace chartscan {

enum class ErrorCode {
#define CHARTSCAN_ERROR(name, text, exit_code, http_status, retry) name,
#include "core/errors.def"
#undef CHARTSCAN_ERROR
};

// One row of core/errors.def.
struct ErrorTraits {
  const char* name;
  const char* text;
  int exit_code;
  int http_status;
  bool retry;
};
const ErrorTraits& traits(ErrorCode code);

// `message` says what failed, on what, why and what to do next; `context` is the trail of callers, outermost first.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;
  std::string context;

  Error with_context(const std::string& where) && {
    context = context.empty() ? where : where + ": " + context;
    return std::move(*this);
  }
};

// "context: message", the line a person reads.
std::string to_string(const Error& error);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { assert(ok()); return std::get<0>(state_); }
  const T& value() const& { assert(ok()); return std::get<0>(state_); }
  T&& value() && { assert(ok()); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { assert(!ok()); return std::get<1>(state_); }
  const Error& error() const& { assert(!ok()); return std::get<1>(state_); }
  Error&& error() && { assert(!ok()); return std::get<1>(std::move(state_)); }
  T value_or(T other) && { return ok() ? std::move(*this).value() : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  Error& error() & { assert(!ok()); return *error_; }
  const Error& error() const& { assert(!ok()); return *error_; }
  Error&& error() && { assert(!ok()); return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

#define CHARTSCAN_CONCAT_(a, b) a##b
#define CHARTSCAN_CONCAT(a, b) CHARTSCAN_CONCAT_(a, b)
#define CHARTSCAN_TRY_(name, declaration, expression, ...)                              \
  auto name = (expression);                                                            \
  if (!name.ok()) return std::move(name).error() __VA_OPT__(.with_context(__VA_ARGS__)); \
  declaration = std::move(name).value()

// TRY(Record record, store.get(key), "document 7");   TRY_STATUS(store.sync(), "batch 12");
#define TRY(declaration, ...) CHARTSCAN_TRY_(CHARTSCAN_CONCAT(try_result_, __COUNTER__), declaration, __VA_ARGS__)
#define TRY_STATUS(expression, ...)                                                              \
  do {                                                                                           \
    auto try_status = (expression);                                                              \
    if (!try_status.ok()) return std::move(try_status).error() __VA_OPT__(.with_context(__VA_ARGS__)); \
  } while (false)

}  // namespace chartscan
