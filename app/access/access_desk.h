// The desk where people log in and rights are kept: users, sessions, tokens, broken glass. Users, tokens and broken glass stand in the
// archive, sessions only in this process's memory. Everything that happens here is in the audit trail before it takes effect; where the
// trail cannot be written, it does not happen.
//
// Any thread. Looking up who asks (actor_of_*) takes a shared lock of one of many shards and no disk; changes take one lock among
// themselves. Archive and trail must outlive the desk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/access/access_config.h"
#include "app/access/actor.h"
#include "app/access/policy.h"
#include "app/access/rights.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/user.h"
#include "storage/archive.h"
#include "storage/audit_trail.h"

namespace chartscan::app {

// What a session is to the one who has it.
struct Session {
  std::string token;          // the cookie's value, 256 random bits; only its hash is kept. Empty in lists
  std::string csrf;           // must come back in a header with every changing call; derived from the token. Empty in lists
  std::string id;             // public: trail, lists, revocation
  ActorPtr actor;
  std::int64_t began = 0, ends = 0;  // seconds since 1970; `ends` whatever happens
  std::int64_t idle_ends = 0;        // unless it is touched
  std::int64_t last_touch = 0;
};

// Does a call show that a person is there? Polling and event streams do not.
enum class Touch { Yes, No };

struct NewUser {
  std::string name, full_name;
  std::vector<std::string> roles;
  std::string password;
  bool must_change = true;
};
// What is not said stays as it is.
struct UserChange {
  std::optional<std::string> full_name;
  std::optional<std::vector<std::string>> roles;
  std::optional<bool> disabled;
  bool unlock = false;
};
struct NewToken {
  std::string name, user;
  std::vector<std::string> scopes;  // texts of rights
  int days = 90;                    // 1 to 366
};
struct IssuedToken {
  ApiToken token;
  std::string secret;  // "cs.t-77e01d22.…", shown once: the value behind "Authorization: Bearer "
};

// Refuses with InputRefused and a reason: shorter than 12 or longer than 128 characters, the user's name in it, one of the commonest.
Status check_password(const std::string& password, const std::string& user);
std::string suggested_password();  // random, for a person to change at the first login

class AccessDesk {
 public:
  static Result<std::unique_ptr<AccessDesk>> open(storage::Archive& archive, storage::AuditTrail& trail, const Clock& clock, const AccessConfig& config);
  ~AccessDesk();
  // The desk that is open in this process over that very archive, or null: its sessions must know what changes. Not to be kept.
  static AccessDesk* of(const storage::Archive& archive);

  // --- who asks -------------------------------------------------------------------------------------------------------------
  // The same NotLoggedIn for an unknown name, a wrong password and a disabled account, at the same cost; AccountLocked, with the wait, for
  // too many wrong ones in a row, whether the name exists or not.
  Result<Session> login(const std::string& name, const std::string& password, const std::string& origin);
  // NotLoggedIn when it ended.
  Result<ActorPtr> actor_of_session(const std::string& token, Touch touch);
  Result<Session> session(const std::string& token);  // for "who am I": without touching it
  bool csrf_is_right(const std::string& token, const std::string& csrf) const;
  Result<ActorPtr> actor_of_token(const std::string& bearer, const std::string& origin);  // "cs.t-77e01d22.…"
  Status logout(const std::string& token);
  void end_idle_sessions();  // and put their end into the trail; to be called about once a minute

  // Fine, or NoRight, and then the refusal is in the trail. `about` says what was asked for (action, ids, detail); its outcome is set here.
  Status require(const Actor& actor, Right right, storage::AuditRecord about = {});
  // Puts what somebody did into the trail; who and from where are taken from `actor`.
  Status record(const Actor& actor, storage::AuditRecord what);

  // --- the first user -------------------------------------------------------------------------------------------------------
  // True until there is a user. `setup_code` is for the terminal of the machine and is good for one success; empty once there are users.
  Result<bool> first_run() const;
  std::string setup_code() const;
  Result<User> create_first_administrator(const std::string& setup_code, const NewUser& user, const std::string& origin);

  // --- users: Right::Users, but for one's own password -----------------------------------------------------------------------
  Result<std::vector<User>> users(const Actor& actor) const;  // by name; hashes left out
  Result<User> add_user(const Actor& actor, const NewUser& user);
  Result<User> change_user(const Actor& actor, const std::string& name, const UserChange& change);  // ends the user's sessions if it takes rights away
  // By somebody else: the user must change it at the next login. Ends the user's sessions.
  Status reset_password(const Actor& actor, const std::string& name, const std::string& password);
  // By the user. Ends all other sessions of theirs; this one goes on with `token`.
  Status change_password(const std::string& token, const std::string& old_password, const std::string& new_password);

  Result<std::vector<Session>> sessions(const Actor& actor) const;  // one's own; all with Right::Users; newest first
  Status end_session(const Actor& actor, const std::string& id);    // the same

  // --- tokens: Right::Users ---------------------------------------------------------------------------------------------------
  Result<IssuedToken> issue_token(const Actor& actor, const NewToken& token);
  Result<std::vector<ApiToken>> tokens(const Actor& actor) const;  // newest first; hashes left out
  Status revoke_token(const Actor& actor, const std::string& id);

  // --- breaking the glass -----------------------------------------------------------------------------------------------------
  // Right::BreakGlass and a reason of at least 10 characters. `sensitivity` empty = the whole chart. Holds in all sessions of the user.
  Result<GlassBreak> break_glass(const Actor& actor, const std::string& mrn, const std::string& sensitivity, const std::string& reason);
  enum class Queue { Waiting, All };
  Result<std::vector<GlassBreak>> privacy_queue(const Actor& actor, Queue queue) const;  // Right::PrivacyQueue; newest first
  // `verdict`: "justified" or "not-justified". Not by the one who broke it.
  Result<GlassBreak> judge_glass(const Actor& actor, std::int64_t number, const std::string& verdict, const std::string& note);

  const RoleBook& roles() const;
  const SensitivityTable& sensitivity() const;
  Doorkeeper doors() const { return Doorkeeper(sensitivity()); }
  storage::AuditTrail& trail();
  std::int64_t now() const;
  const AccessConfig& config() const;

 private:
  class Impl;
  explicit AccessDesk(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartscan::app
