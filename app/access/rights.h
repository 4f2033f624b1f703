// What a person may do: rights, and roles as sets of them. Roles are data: roles.toml is compiled in, `[access] roles` replaces it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::app {

// The texts are in role files, tokens and answers: never renamed, only added to. RIGHT(Name, "text", "what one may do")
#define CHARTSCAN_RIGHTS(RIGHT)                                                             \
  RIGHT(Scan, "scan", "feed batches")                                                       \
  RIGHT(BatchWork, "batch-work", "look at batches and repair them")                         \
  RIGHT(Release, "release", "release batches")                                              \
  RIGHT(Review, "review", "look at what waits for a person, and decide it")                 \
  RIGHT(Code, "code", "code documents")                                                     \
  RIGHT(View, "view", "open charts, documents and pages")                                   \
  RIGHT(Search, "search", "search the archive")                                             \
  RIGHT(Print, "print", "print, with a reason")                                             \
  RIGHT(Export, "export", "take copies out, with a reason")                                 \
  RIGHT(Refile, "refile", "put a filed document into another chart")                        \
  RIGHT(Patients, "patients", "import, merge and part patients")                            \
  RIGHT(AuditRead, "audit-read", "read the audit trail")                                    \
  RIGHT(Dashboard, "dashboard", "see the figures of the department")                        \
  RIGHT(Users, "users", "manage users and tokens")                                          \
  RIGHT(Config, "config", "see and change the configuration")                               \
  RIGHT(BreakGlass, "break-glass", "open in an emergency what is closed, with a reason")    \
  RIGHT(PrivacyQueue, "privacy-queue", "judge what was opened that way")

enum class Right : std::uint8_t {
#define RIGHT(name, text, what) name,
  CHARTSCAN_RIGHTS(RIGHT)
#undef RIGHT
};
const char* to_string(Right right);
const char* words_of(Right right);  // "what one may do"
std::optional<Right> parse_right(std::string_view text);
const std::vector<Right>& all_rights();

// A set of rights.
class Rights {
 public:
  Rights() = default;
  Rights(std::initializer_list<Right> rights) { for (const Right right : rights) add(right); }
  static Rights all();
  void add(Right right) { bits_ |= bit(right); }
  bool has(Right right) const { return bits_ & bit(right); }
  bool empty() const { return bits_ == 0; }
  Rights operator|(Rights other) const { return Rights(bits_ | other.bits_); }
  Rights operator&(Rights other) const { return Rights(bits_ & other.bits_); }
  bool operator==(const Rights&) const = default;
  std::vector<std::string> texts() const;

 private:
  explicit Rights(std::uint32_t bits) : bits_(bits) {}
  static std::uint32_t bit(Right right) { return std::uint32_t{1} << static_cast<unsigned>(right); }
  std::uint32_t bits_ = 0;
};
Result<Rights> parse_rights(const std::vector<std::string>& texts);  // the error names the text that is none

// Classes of documents that not everybody may open: "psychiatric", "substance-use" ...; kEverySensitivity in a role means all.
using Sensitivities = std::set<std::string>;
inline constexpr const char* kEverySensitivity = "*";

struct Role {
  std::string name;   // "clerk"
  std::string title;  // "Records clerk"
  Rights rights;
  Sensitivities sensitive;
};

class RoleBook {
 public:
  static const RoleBook& built_in();
  static Result<RoleBook> parse(std::string_view file_name, std::string_view toml);  // the error names file, role and key

  const std::vector<Role>& roles() const { return roles_; }  // as in the file
  const Role* find(std::string_view name) const;             // null when unknown
  Rights rights_of(const std::vector<std::string>& roles) const;  // of all of them together; unknown ones give nothing
  Sensitivities sensitive_of(const std::vector<std::string>& roles) const;
  bool somebody_can(Right right) const;

 private:
  std::vector<Role> roles_;
};

}  // namespace chartscan::app
