#include "app/cli/user_verbs.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/access/access_desk.h"
#include "app/cli/audit_verbs.h"
#include "app/cli/terminal.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

// The desk of this archive: a server's own, where this process is one, for its sessions must know what changes.
class DeskHere {
 public:
  static Result<std::unique_ptr<DeskHere>> open(const Common& common, storage::Access access, const std::string& verb) {
    std::unique_ptr<DeskHere> here(new DeskHere);
    TRY(here->service_, Service::open(common.config, access, verb));
    if (AccessDesk* const served = AccessDesk::of(here->service_->archive())) return here->desk_ = served, std::move(here);
    TRY(here->trail_, storage::AuditTrail::open(here->service_->archive().folder(), audit_options(common.config.audit)));
    TRY(here->own_, AccessDesk::open(here->service_->archive(), *here->trail_, here->clock_, common.config.access));
    here->desk_ = here->own_.get();
    return here;
  }
  AccessDesk* operator->() const { return desk_; }

 private:
  DeskHere() = default;
  SystemClock clock_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<storage::AuditTrail> trail_;
  std::unique_ptr<AccessDesk> own_;
  AccessDesk* desk_ = nullptr;
};

// A line without its end; nothing of it is shown while it is typed.
class Unseen {
 public:
  explicit Unseen(int fd) : fd_(fd), terminal_(isatty(fd) == 1 && tcgetattr(fd, &before_) == 0) {
    if (!terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd, TCSAFLUSH, &silent);
  }
  ~Unseen() {
    if (terminal_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  bool terminal() const { return terminal_; }

  Result<std::string> line(const std::string& prompt) const {
    if (terminal_) std::fprintf(std_err(), "%s: ", prompt.c_str()), std::fflush(std_err());
    std::string text;
    for (char c = 0;;) {
      const ssize_t count = ::read(fd_, &c, 1);
      if (count <= 0 || c == '\n') break;
      if (text.size() > 1000) return Error{ErrorCode::Usage, "what was given as a password has no end; a password is one line", {}};
      text += c;
    }
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (terminal_) std::fprintf(std_err(), "\n");
    return text;
  }

 private:
  int fd_;
  termios before_{};
  bool terminal_;
};

Result<std::string> new_password(const UserWords& words) {
  if (words.generate) return suggested_password();
  const Unseen input(seat().in);
  TRY(std::string password, input.line("Password for " + words.name));
  if (!input.terminal()) return password;
  TRY(const std::string again, input.line("The same once more"));
  if (password != again) return Error{ErrorCode::Usage, "the two were not the same; nothing was changed", {}};
  return password;
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

json to_json(const User& user) {
  return {{"name", user.name}, {"full_name", user.full_name}, {"roles", user.roles}, {"disabled", user.disabled}, {"must_change", user.must_change}, {"failed", user.failed},
          {"locked_until", user.locked_until}, {"created_at", user.created_at}, {"created_by", user.created_by}, {"last_login_at", user.last_login_at}};
}

json to_json(const ApiToken& token) {
  return {{"id", token.id}, {"name", token.name}, {"user", token.user}, {"scopes", token.scopes}, {"created_at", token.created_at}, {"expires_at", token.expires_at},
          {"last_used_at", token.last_used_at}, {"revoked_at", token.revoked_at}};
}

int shown(const Common& common, const User& user, const std::string& done) {
  if (common.json) std::fprintf(std_out(), "%s\n", dump(to_json(user)).c_str());
  else std::fprintf(std_out(), "%s: %s (%s)\n", styled(user.name, Style::Bold).c_str(), done.c_str(), joined(user.roles).c_str());
  return kDone;
}

void tell_generated(const UserWords& words, const std::string& password) {
  if (words.generate) std::fprintf(std_err(), "password, to be changed at the first login: %s\n", password.c_str());
}

std::string state_of(const User& user) {
  if (user.disabled) return styled("disabled", Style::Bad);
  if (user.locked_until > SystemClock().unix_seconds()) return styled("locked", Style::Warn);
  return user.must_change ? "must change the password" : styled("active", Style::Good);
}

Result<int> change(const Common& common, const UserWords& words, const UserChange& wanted, const std::string& done) {
  TRY(const auto desk, DeskHere::open(common, storage::Access::Write, "users"));
  TRY(const User user, (*desk)->change_user(person_here(), words.name, wanted));
  return shown(common, user, done);
}

}  // namespace

Result<int> add_user(const Common& common, const UserWords& words) {
  TRY(const auto desk, DeskHere::open(common, storage::Access::Write, "users add"));
  NewUser wanted{words.name, words.full_name, words.roles, {}, !words.keep_password};
  TRY(const bool first, (*desk)->first_run());
  if (first && wanted.roles.empty()) wanted.roles = {"administrator"};
  TRY(wanted.password, new_password(words));
  TRY(const User user, (*desk)->add_user(person_here(), wanted));
  tell_generated(words, wanted.password);
  return shown(common, user, "added");
}

Result<int> list_users(const Common& common) {
  TRY(const auto desk, DeskHere::open(common, storage::Access::Read, "users list"));
  TRY(const std::vector<User> users, (*desk)->users(person_here()));
  if (common.json) {
    json all = json::array();
    for (const User& user : users) all.push_back(to_json(user));
    std::fprintf(std_out(), "%s\n", dump(all).c_str());
    return kDone;
  }
  Table table;
  for (const char* heading : {"NAME", "FULL NAME", "ROLES", "STATE", "LAST LOGIN"}) table.column(heading);
  for (const User& user : users)
    table.row({user.name, printable(user.full_name), joined(user.roles), state_of(user), user.last_login_at ? local_time(user.last_login_at) : "never"});
  table.print(std_out());
  return kDone;
}

Result<int> user_roles(const Common& common, const UserWords& words) {
  if (!words.name.empty()) {
    UserChange wanted;
    wanted.roles = words.roles;
    return change(common, words, wanted, "has other roles");
  }
  TRY(const auto desk, DeskHere::open(common, storage::Access::Read, "users roles"));
  json all = json::array();
  for (const Role& role : (*desk)->roles().roles()) {
    all.push_back({{"name", role.name}, {"title", role.title}, {"rights", role.rights.texts()}, {"sensitive", role.sensitive}});
    if (common.json) continue;
    std::fprintf(std_out(), "%s  %s\n    %s\n", styled(role.name, Style::Bold).c_str(), printable(role.title).c_str(), joined(role.rights.texts()).c_str());
    if (!role.sensitive.empty()) std::fprintf(std_out(), "    opens papers kept apart: %s\n", joined({role.sensitive.begin(), role.sensitive.end()}).c_str());
  }
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump(all).c_str());
    return kDone;
  }
  std::fprintf(std_out(), "\nRights\n");
  for (const Right right : all_rights()) std::fprintf(std_out(), "    %-14s %s\n", to_string(right), words_of(right));
  return kDone;
}

Result<int> enable_user(const Common& common, const UserWords& words, bool enabled) {
  UserChange wanted;
  wanted.disabled = !enabled;
  return change(common, words, wanted, enabled ? "enabled" : "disabled, and logged out everywhere");
}

Result<int> unlock_user(const Common& common, const UserWords& words) {
  UserChange wanted;
  wanted.unlock = true;
  return change(common, words, wanted, "unlocked");
}

Result<int> reset_user(const Common& common, const UserWords& words) {
  TRY(const auto desk, DeskHere::open(common, storage::Access::Write, "users reset"));
  TRY(const std::string password, new_password(words));
  TRY_STATUS((*desk)->reset_password(person_here(), words.name, password));
  tell_generated(words, password);
  std::fprintf(std_out(), "%s has a new password, to be changed at the next login\n", words.name.c_str());
  return kDone;
}

Result<int> user_tokens(const Common& common, const UserWords& words) {
  const bool writes = !words.token_name.empty() || !words.token_id.empty();
  TRY(const auto desk, DeskHere::open(common, writes ? storage::Access::Write : storage::Access::Read, "users tokens"));
  if (!words.token_id.empty()) {
    TRY_STATUS((*desk)->revoke_token(person_here(), words.token_id));
    std::fprintf(std_out(), "%s is revoked\n", words.token_id.c_str());
    return kDone;
  }
  if (!words.token_name.empty()) {
    TRY(const IssuedToken issued, (*desk)->issue_token(person_here(), {words.token_name, words.name, words.scopes, words.days}));
    if (common.json) {
      json out = to_json(issued.token);
      out["secret"] = issued.secret;
      std::fprintf(std_out(), "%s\n", dump(out).c_str());
    } else {
      std::fprintf(std_out(), "%s\n", issued.secret.c_str());
      std::fprintf(std_err(), "shown this once; for the header \"Authorization: Bearer ...\"\n");
    }
    return kDone;
  }
  TRY(const std::vector<ApiToken> tokens, (*desk)->tokens(person_here()));
  if (common.json) {
    json all = json::array();
    for (const ApiToken& token : tokens) all.push_back(to_json(token));
    std::fprintf(std_out(), "%s\n", dump(all).c_str());
    return kDone;
  }
  Table table;
  for (const char* heading : {"ID", "FOR", "USER", "SCOPES", "UNTIL", "LAST USED"}) table.column(heading);
  for (const ApiToken& token : tokens)
    table.row({token.id, printable(token.name), token.user, joined(token.scopes), token.revoked_at ? styled("revoked", Style::Warn) : local_time(token.expires_at),
               token.last_used_at ? local_time(token.last_used_at) : "never"});
  table.print(std_out());
  return kDone;
}

}  // namespace chartscan::app::cli
