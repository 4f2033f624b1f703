#include <fmt/format.h>

#include <algorithm>

#include "app/access/desk_impl.h"
#include "app/access/secrets.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::app {

using storage::AuditAction;
using storage::AuditRecord;

namespace {

constexpr std::int64_t kUsePause = 900;  // seconds between two notes of a token's use
constexpr int kLongestDays = 366;
constexpr std::string_view kBearerPrefix = "cs.";
constexpr std::size_t kLongestName = 100;  // bytes of a person's or token's name

AuditRecord line(AuditAction action, std::string detail) {
  AuditRecord record;
  record.action = action;
  record.detail = std::move(detail);
  return record;
}

std::string listed(const std::vector<std::string>& texts) { return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", ")); }

Error refused(const std::string& why) { return {ErrorCode::InputRefused, why, {}}; }

Status check_roles(const RoleBook& book, const std::vector<std::string>& roles) {
  if (roles.empty()) return refused("a user needs a role; `chartscan users roles` lists them");
  for (const std::string& role : roles)
    if (!book.find(role)) return refused("\"" + role + "\" is no role; `chartscan users roles` lists them");
  return {};
}

bool takes_nothing_away(const Actor& before, const Actor& after) {
  return (before.rights & after.rights) == before.rights &&
         (after.sensitive.contains(kEverySensitivity) || std::ranges::includes(after.sensitive, before.sensitive));
}

User without_hash(User user) {
  user.password_hash.clear();
  return user;
}

}  // namespace

Result<std::vector<User>> AccessDesk::users(const Actor& actor) const {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::Refused, "list users")));
  TRY(std::vector<User> users, impl_->all_users());
  for (User& user : users) user = without_hash(std::move(user));
  return users;
}

Result<User> AccessDesk::add_user(const Actor& actor, const NewUser& wanted) {
  User user;
  user.name = lower(wanted.name);
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::UserChange, "add")));
  if (!is_login_name(user.name)) return refused("a login name has 2 to 64 letters a-z, digits, '.', '_' or '-', and begins with a letter or digit");
  if (wanted.full_name.empty() || wanted.full_name.size() > kLongestName) return refused("a user needs a full name, of at most 100 bytes: it stands in the audit trail's reports");
  TRY_STATUS(check_roles(impl_->roles_, wanted.roles));
  TRY_STATUS(check_password(wanted.password, user.name));
  TRY(user.password_hash, hash_password(wanted.password));
  user.full_name = wanted.full_name;
  user.roles = wanted.roles;
  user.must_change = wanted.must_change;
  user.created_at = user.changed_at = user.password_at = impl_->now();
  user.created_by = user.changed_by = actor.user;

  const std::lock_guard lock(impl_->changes_);
  TRY(const std::optional<User> there, impl_->user(user.name));
  if (there) return Error{ErrorCode::Conflict, "there is a user of that name already; names are never given twice", {}};
  TRY_STATUS(impl_->commit(actor, line(AuditAction::UserChange, fmt::format("add {}: roles {}", user.name, listed(user.roles))), Impl::put(user)));
  impl_->setup_code_.clear();
  return without_hash(std::move(user));
}

Result<User> AccessDesk::change_user(const Actor& actor, const std::string& name, const UserChange& wanted) {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::UserChange, "change " + lower(name))));
  const std::lock_guard lock(impl_->changes_);
  TRY(const User before, impl_->known_user(name));
  User user = before;
  std::vector<std::string> said;
  if (wanted.full_name) {
    if (wanted.full_name->empty() || wanted.full_name->size() > kLongestName) return refused("a user needs a full name, of at most 100 bytes");
    user.full_name = *wanted.full_name;
    said.push_back("full name");
  }
  if (wanted.roles) {
    TRY_STATUS(check_roles(impl_->roles_, *wanted.roles));
    user.roles = *wanted.roles;
    said.push_back(fmt::format("roles {} instead of {}", listed(user.roles), listed(before.roles)));
  }
  if (wanted.disabled) {
    user.disabled = *wanted.disabled;
    said.push_back(user.disabled ? "disabled" : "enabled");
  }
  if (wanted.unlock) {
    user.failed = 0;
    user.locked_until = 0;
    said.push_back("unlocked");
  }
  if (said.empty()) return refused("nothing was said that should change");
  // Somebody must be left who can let people in.
  TRY(const std::vector<User> all, impl_->all_users());
  const auto manages = [&](const User& one) { return !one.disabled && impl_->roles_.rights_of(one.roles).has(Right::Users); };
  if (manages(before) && !manages(user) && std::ranges::count_if(all, manages) < 2)
    return Error{ErrorCode::Conflict, user.name + " is the last one who can manage users; let another one do so first", {}};
  user.changed_at = impl_->now();
  user.changed_by = actor.user;
  TRY_STATUS(impl_->commit(actor, line(AuditAction::UserChange, fmt::format("{}: {}", user.name, listed(said))), Impl::put(user)));
  if (wanted.unlock) impl_->forget_tries(user.name);
  const bool kept = takes_nothing_away(impl_->actor_of(before), impl_->actor_of(user));
  impl_->refresh_actors(user);
  if (!kept || user.disabled) TRY_STATUS(impl_->end_sessions(actor, user.name, "", user.disabled ? "the account was disabled" : "rights were changed"));
  return without_hash(std::move(user));
}

Status AccessDesk::reset_password(const Actor& actor, const std::string& name, const std::string& password) {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::UserChange, "reset " + lower(name))));
  TRY_STATUS(check_password(password, lower(name)));
  TRY(const std::string hash, hash_password(password));
  const std::lock_guard lock(impl_->changes_);
  TRY(User user, impl_->known_user(name));
  user.password_hash = hash;
  user.must_change = true;
  user.failed = 0;
  user.locked_until = 0;
  user.password_at = user.changed_at = impl_->now();
  user.changed_by = actor.user;
  TRY_STATUS(impl_->commit(actor, line(AuditAction::UserChange, user.name + ": password reset"), Impl::put(user)));
  impl_->forget_tries(user.name);
  impl_->refresh_actors(user);
  return impl_->end_sessions(actor, user.name, "", "the password was reset");
}

Status AccessDesk::change_password(const std::string& token, const std::string& old_password, const std::string& new_password) {
  const SessionPtr session = impl_->shelf_.find(secret_hash(token));
  if (!session || impl_->ended(*session)) return not_logged_in();
  const Actor actor = *session->actor.load();
  TRY(const User before, impl_->known_user(actor.user));
  TRY_STATUS(impl_->check_tries(actor.user, before.failed, before.locked_until));
  if (!password_is(before.password_hash, old_password)) {
    TRY_STATUS(impl_->record(actor, line(AuditAction::UserChange, "change of the own password: the old one was wrong"), storage::AuditOutcome::Refused));
    return refused("the old password is wrong");
  }
  impl_->forget_tries(actor.user);
  TRY_STATUS(check_password(new_password, actor.user));
  if (old_password == new_password) return refused("the new password is the old one");
  TRY(const std::string hash, hash_password(new_password));
  const std::lock_guard lock(impl_->changes_);
  TRY(User user, impl_->known_user(actor.user));
  if (user.password_hash != before.password_hash) return Error{ErrorCode::Conflict, "the password was changed meanwhile", {}};
  user.password_hash = hash;
  user.must_change = false;
  user.failed = 0;
  user.locked_until = 0;
  user.password_at = impl_->now();
  TRY_STATUS(impl_->commit(actor, line(AuditAction::UserChange, "changed the own password"), Impl::put(user)));
  impl_->refresh_actors(user);
  return impl_->end_sessions(actor, user.name, session->id, "the password was changed");
}

// --- tokens -------------------------------------------------------------------------------------------------------------------

Result<IssuedToken> AccessDesk::issue_token(const Actor& actor, const NewToken& wanted) {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::TokenChange, "issue")));
  if (wanted.name.empty() || wanted.name.size() > kLongestName) return refused("a token needs a name that says what it is for, of at most 100 bytes");
  if (wanted.days < 1 || wanted.days > kLongestDays) return refused("a token lasts 1 to 366 days");
  if (wanted.scopes.empty()) return refused("a token needs scopes: rights that it may use at most");
  TRY_STATUS(parse_rights(wanted.scopes));
  const std::lock_guard lock(impl_->changes_);
  TRY(const User user, impl_->known_user(wanted.user));
  IssuedToken issued;
  ApiToken& token = issued.token;
  token.id = "t-" + random_hex(8);
  token.name = wanted.name;
  token.user = user.name;
  token.scopes = wanted.scopes;
  token.created_at = impl_->now();
  token.expires_at = token.created_at + std::int64_t{wanted.days} * 86'400;
  token.created_by = actor.user;
  const std::string secret = random_token();
  token.secret_hash = secret_hash(secret);
  storage::Change change;
  change.raw().put(storage::Family::Meta, storage::keys::api_token(token.id), storage::encode(token));
  TRY_STATUS(impl_->commit(actor, line(AuditAction::TokenChange, fmt::format("issue {} for {}: {}, {} days", token.id, token.user, listed(token.scopes), wanted.days)), change));
  auto shelved = std::make_shared<ShelvedToken>();
  shelved->token = token;
  {
    const std::unique_lock tokens(impl_->tokens_mutex_);
    impl_->tokens_.emplace(token.id, std::move(shelved));
  }
  impl_->refresh_actors(user);
  token.secret_hash.clear();
  issued.secret = std::string(kBearerPrefix) + token.id + "." + secret;
  return issued;
}

Result<std::vector<ApiToken>> AccessDesk::tokens(const Actor& actor) const {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::Refused, "list tokens")));
  std::vector<ApiToken> tokens;
  const std::shared_lock lock(impl_->tokens_mutex_);
  for (const auto& [id, shelved] : impl_->tokens_) {
    ApiToken token = shelved->token;
    token.secret_hash.clear();
    token.last_used_at = shelved->last_used;
    tokens.push_back(std::move(token));
  }
  std::ranges::sort(tokens, std::greater(), &ApiToken::created_at);
  return tokens;
}

Status AccessDesk::revoke_token(const Actor& actor, const std::string& id) {
  TRY_STATUS(impl_->require(actor, Right::Users, line(AuditAction::TokenChange, "revoke " + id)));
  const std::lock_guard lock(impl_->changes_);
  std::shared_ptr<ShelvedToken> shelved;
  {
    const std::shared_lock tokens(impl_->tokens_mutex_);
    const auto found = impl_->tokens_.find(id);
    if (found != impl_->tokens_.end()) shelved = found->second;
  }
  if (!shelved) return Error{ErrorCode::NotFound, "there is no such token; `chartscan users tokens` lists them", {}};
  if (shelved->token.revoked_at != 0) return {};
  auto revoked = std::make_shared<ShelvedToken>();
  revoked->token = shelved->token;
  revoked->token.revoked_at = impl_->now();
  revoked->token.revoked_by = actor.user;
  revoked->last_used = shelved->last_used.load();
  storage::Change change;
  change.raw().put(storage::Family::Meta, storage::keys::api_token(id), storage::encode(revoked->token));
  TRY_STATUS(impl_->commit(actor, line(AuditAction::TokenChange, fmt::format("revoke {} of {}", id, shelved->token.user)), change));
  const std::unique_lock tokens(impl_->tokens_mutex_);
  impl_->tokens_[id] = std::move(revoked);
  return {};
}

Result<ActorPtr> AccessDesk::actor_of_token(const std::string& bearer, const std::string& origin) {
  const std::size_t dot = bearer.find('.', kBearerPrefix.size());
  if (!bearer.starts_with(kBearerPrefix) || dot == std::string::npos) return not_logged_in();
  std::shared_ptr<ShelvedToken> shelved;
  {
    const std::shared_lock lock(impl_->tokens_mutex_);
    const auto found = impl_->tokens_.find(bearer.substr(kBearerPrefix.size(), dot - kBearerPrefix.size()));
    if (found != impl_->tokens_.end()) shelved = found->second;
  }
  const std::int64_t now = impl_->now();
  if (!shelved || !equal_secrets(shelved->token.secret_hash, secret_hash(std::string_view(bearer).substr(dot + 1)))) return not_logged_in();
  const ActorPtr actor = shelved->actor.load();
  if (!actor || shelved->token.revoked_at != 0 || now >= shelved->token.expires_at)
    return Error{ErrorCode::NotLoggedIn, "this token is revoked or over, or its user is disabled; an administrator issues another", {}};
  std::int64_t before = shelved->last_used;
  if (now - before >= kUsePause && shelved->last_used.compare_exchange_strong(before, now)) {
    const std::lock_guard lock(impl_->changes_);
    ApiToken used = shelved->token;
    used.last_used_at = now;
    storage::Change change;
    change.raw().put(storage::Family::Meta, storage::keys::api_token(used.id), storage::encode(used));
    const bool current = [&] {
      const std::shared_lock tokens(impl_->tokens_mutex_);
      const auto found = impl_->tokens_.find(used.id);
      return found != impl_->tokens_.end() && found->second == shelved;
    }();
    if (current) TRY_STATUS(impl_->archive_.commit(change));
  }
  auto here = std::make_shared<Actor>(*actor);
  here->origin = origin;
  return ActorPtr(std::move(here));
}

}  // namespace chartscan::app
