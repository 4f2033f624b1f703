// The inside of AccessDesk, shared by its three files: access_desk.cpp (logging in, sessions), desk_users.cpp, desk_glass.cpp.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/access/access_desk.h"
#include "app/access/session_shelf.h"

namespace chartscan::app {

// Wrong passwords in a row make the next try wait, each time longer.
struct Tries {
  int failed = 0;
  std::int64_t locked_until = 0;
};

struct ShelvedToken {
  ApiToken token;
  std::atomic<std::shared_ptr<const Actor>> actor;  // null where its user may not
  std::atomic<std::int64_t> last_used{0};
};

class AccessDesk::Impl {
 public:
  Impl(storage::Archive& archive, storage::AuditTrail& trail, const Clock& clock, AccessConfig config, RoleBook roles)
      : archive_(archive), trail_(trail), clock_(clock), config_(std::move(config)), roles_(std::move(roles)), table_(config_.sensitivity) {}

  std::int64_t now() const { return clock_.unix_seconds(); }
  Status load();

  // --- the trail ---
  Status record(const Actor& actor, storage::AuditRecord what, storage::AuditOutcome outcome = storage::AuditOutcome::Done);
  Status require(const Actor& actor, Right right, storage::AuditRecord about);
  // Into the trail, then into the archive; a write that fails is told by a second line.
  Status commit(const Actor& actor, const storage::AuditRecord& what, const storage::Change& change);

  // --- rows ---
  Result<std::optional<User>> user(const std::string& name) const;
  Result<User> known_user(const std::string& name) const;
  Result<std::vector<User>> all_users() const;  // by name
  static storage::Change put(const User& user);
  Result<bool> no_users() const;

  // --- tries ---
  Status check_tries(const std::string& name, int stored_failed, std::int64_t stored_until);  // counts one; AccountLocked where one must wait
  Tries tries_of(const std::string& name) const;
  Status keep_tries(const std::string& name);  // in the user's row
  void forget_tries(const std::string& name);

  // --- actors ---
  Actor actor_of(const User& user) const;
  void refresh_actors(const User& user);  // rights or grants changed: sessions and tokens get the new ones
  Status end_sessions(const Actor& by, const std::string& user, const std::string& but_for, const std::string& why);
  Status end_session(const SessionPtr& session, const Actor& by, storage::AuditAction action, const std::string& why);
  Session view_of(const ShelvedSession& session) const;
  bool ended(const ShelvedSession& session) const;
  std::vector<Grant> grants_of(const std::string& user) const;

  storage::Archive& archive_;
  storage::AuditTrail& trail_;
  const Clock& clock_;
  const AccessConfig config_;
  const RoleBook roles_;
  const SensitivityTable table_;
  SessionShelf shelf_;

  mutable std::mutex changes_;  // held through every change of users, tokens and broken glass
  std::string setup_code_;      // guarded by changes_
  mutable std::mutex tries_mutex_;
  std::unordered_map<std::string, Tries> tries_;  // guarded by tries_mutex_
  mutable std::shared_mutex tokens_mutex_;
  std::unordered_map<std::string, std::shared_ptr<ShelvedToken>> tokens_;  // guarded by tokens_mutex_; by id
  mutable std::shared_mutex grants_mutex_;
  std::multimap<std::string, Grant> grants_;  // guarded by grants_mutex_; by user, open ones
};

Error not_logged_in();
bool is_login_name(const std::string& name);
std::string lower(std::string name);

}  // namespace chartscan::app
