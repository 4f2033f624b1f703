// The verbs of users: add, list, roles, disable, enable, reset, unlock, tokens. Whoever may write the archive's files may give these; the
// audit trail has the name of the system's user. Passwords are asked for at the terminal or read from standard input, never taken as words.
#pragma once

#include <string>
#include <vector>

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

struct UserWords {
  std::string name, full_name;
  std::vector<std::string> roles;
  bool generate = false, keep_password = false;
  std::string token_name, token_id;
  std::vector<std::string> scopes;
  int days = 90;
};

Result<int> add_user(const Common& common, const UserWords& words);
Result<int> list_users(const Common& common);
Result<int> user_roles(const Common& common, const UserWords& words);  // all roles, or a user's, set anew
Result<int> enable_user(const Common& common, const UserWords& words, bool enabled);
Result<int> reset_user(const Common& common, const UserWords& words);
Result<int> unlock_user(const Common& common, const UserWords& words);
Result<int> user_tokens(const Common& common, const UserWords& words);  // lists, issues or revokes

}  // namespace chartscan::app::cli
