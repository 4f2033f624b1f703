// Who may use the archive, and what was granted to whom: plain values as they are stored. app/access/ has the rules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chartscan {

// Times are seconds since 1970, UTC; 0 = never.
struct User {
  std::string name;  // login; lower case, never given to somebody else
  std::string full_name;
  std::vector<std::string> roles;
  std::string password_hash;  // argon2id with its salt and costs, as libsodium writes it
  int failed = 0;             // wrong passwords since the last right one
  std::int64_t locked_until = 0;
  bool disabled = false;
  bool must_change = false;   // the password is somebody else's: nothing but changing it is allowed
  std::int64_t created_at = 0, changed_at = 0, password_at = 0, last_login_at = 0;
  std::string created_by, changed_by;
};

// Lets a program in, as a user with at most these rights.
struct ApiToken {
  std::string id;           // "t-77e01d22": public, in trail and lists
  std::string name;         // what it is for
  std::string user;         // whose rights it can have at most
  std::vector<std::string> scopes;  // texts of rights
  std::string secret_hash;  // SHA-256 of the secret, hex; the secret itself is shown once and kept nowhere
  std::int64_t created_at = 0, expires_at = 0, last_used_at = 0, revoked_at = 0;  // last use: to the quarter of an hour
  std::string created_by, revoked_by;
};

// Somebody opened what was closed to them, and the privacy officer's word on it.
struct GlassBreak {
  std::int64_t number = 0;  // from 1
  std::string user;
  std::string mrn;
  std::string sensitivity;  // the one class opened; empty = the whole chart
  std::string reason;
  std::string origin, session;
  std::int64_t at = 0, until = 0;
  std::string seen_by;      // who judged it; empty = it waits
  std::int64_t seen_at = 0;
  std::string verdict;      // "justified", "not-justified"
  std::string note;
};

}  // namespace chartscan
