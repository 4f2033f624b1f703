#include "app/access/access_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "app/access/desk_impl.h"
#include "app/access/secrets.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::app {

using storage::AuditAction;
using storage::AuditOutcome;
using storage::AuditRecord;

namespace {

constexpr int kFreeTries = 5;
constexpr std::int64_t kFirstWait = 30, kLongestWait = 3600;  // seconds; doubled by every further try
constexpr std::size_t kMostTries = 10'000;                    // names that are remembered
constexpr std::size_t kSetupGroups = 4;
constexpr const char* kSetupName = " setup";  // among the tries; no login name begins with a blank

AuditRecord line(AuditAction action, std::string detail = "") {
  AuditRecord record;
  record.action = action;
  record.detail = std::move(detail);
  return record;
}

Result<RoleBook> roles_of(const AccessConfig& config) {
  if (config.roles.empty()) return RoleBook::built_in();
  std::ifstream in(config.roles);
  if (!in) return Error{ErrorCode::Configuration, config.roles.string() + ": cannot be read; check the path under [access] roles", {}};
  std::stringstream text;
  text << in.rdbuf();
  return RoleBook::parse(config.roles.string(), text.str());
}

Error wrong_name_or_password() { return {ErrorCode::NotLoggedIn, "name or password is wrong, or the account is disabled", {}}; }

std::string waiting_time(std::int64_t seconds) {
  return seconds < 120 ? fmt::format("{} seconds", seconds) : fmt::format("{} minutes", (seconds + 59) / 60);
}

std::string session_id(const std::string& token_hash) { return "s-" + secret_hash("session " + token_hash).substr(0, 8); }

}  // namespace

Error not_logged_in() { return {ErrorCode::NotLoggedIn, "nobody is logged in here any more; log in", {}}; }

std::string lower(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

bool is_login_name(const std::string& name) {
  if (name.size() < 2 || name.size() > 64 || !std::isalnum(static_cast<unsigned char>(name.front()))) return false;
  return std::ranges::all_of(name, [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '.' || c == '_' || c == '-'; });
}

// --- opening ------------------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<AccessDesk>> AccessDesk::open(storage::Archive& archive, storage::AuditTrail& trail, const Clock& clock, const AccessConfig& config) {
  TRY(RoleBook roles, roles_of(config));
  auto impl = std::make_unique<Impl>(archive, trail, clock, config, std::move(roles));
  TRY_STATUS(impl->load(), "users");
  return std::unique_ptr<AccessDesk>(new AccessDesk(std::move(impl)));
}

namespace {
// The desks that are open in this process. A command that a server runs finds the server's here.
struct OpenDesks {
  std::mutex mutex;
  std::map<const storage::Archive*, AccessDesk*> of;  // guarded by mutex
};
OpenDesks& open_desks() {
  static OpenDesks kDesks;
  return kDesks;
}
}  // namespace

AccessDesk::AccessDesk(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  const std::lock_guard lock(open_desks().mutex);
  open_desks().of.try_emplace(&impl_->archive_, this);
}

AccessDesk::~AccessDesk() {
  const std::lock_guard lock(open_desks().mutex);
  std::erase_if(open_desks().of, [this](const auto& entry) { return entry.second == this; });
}

AccessDesk* AccessDesk::of(const storage::Archive& archive) {
  const std::lock_guard lock(open_desks().mutex);
  const auto found = open_desks().of.find(&archive);
  return found == open_desks().of.end() ? nullptr : found->second;
}

Status AccessDesk::Impl::load() {
  TRY(const bool first, no_users());
  if (first) setup_code_ = random_code(kSetupGroups);
  TRY(const storage::Records records, archive_.read());
  Status fault;
  TRY_STATUS(records.view().scan(storage::Family::Meta, storage::keys::kGlassBreaks, [&](std::string_view, std::string_view bytes) {
    auto glass = storage::decode_glass_break(bytes);
    if (!glass) return fault = std::move(glass).error(), false;
    if (glass->until > now()) grants_.emplace(glass->user, Grant{glass->number, glass->mrn, glass->sensitivity, glass->until});
    return true;
  }));
  TRY_STATUS(fault);
  TRY_STATUS(records.view().scan(storage::Family::Meta, storage::keys::kApiTokens, [&](std::string_view, std::string_view bytes) {
    auto token = storage::decode_api_token(bytes);
    if (!token) return fault = std::move(token).error(), false;
    auto shelved = std::make_shared<ShelvedToken>();
    shelved->last_used = token->last_used_at;
    shelved->token = *std::move(token);
    tokens_.emplace(shelved->token.id, std::move(shelved));
    return true;
  }));
  TRY_STATUS(fault);
  TRY(const std::vector<User> users, all_users());
  for (const User& one : users) refresh_actors(one);
  return {};
}

// --- the trail ----------------------------------------------------------------------------------------------------------------

Status AccessDesk::Impl::record(const Actor& actor, AuditRecord what, AuditOutcome outcome) {
  what.user = actor.user;
  what.origin = actor.origin;
  what.session = actor.session;
  if (outcome != AuditOutcome::Done) what.outcome = outcome;
  TRY(const std::uint64_t number, trail_.append(std::move(what)));
  (void)number;
  return {};
}

Status AccessDesk::Impl::require(const Actor& actor, Right right, AuditRecord about) {
  if (actor.may(right)) return {};
  const std::string asked = about.action == AuditAction::Refused ? "" : fmt::format("{} ", to_string(about.action));
  about.detail = fmt::format("{}needs {}{}{}", asked, to_string(right), about.detail.empty() ? "" : ": ", about.detail);
  about.action = AuditAction::Refused;
  TRY_STATUS(record(actor, std::move(about), AuditOutcome::Refused));
  if (actor.must_change) return Error{ErrorCode::NoRight, "change the password first: somebody else knows it", {}};
  return Error{ErrorCode::NoRight, fmt::format("this needs the right \"{}\" ({}); an administrator can give a role that has it", to_string(right), words_of(right)), {}};
}

Status AccessDesk::Impl::commit(const Actor& actor, const AuditRecord& what, const storage::Change& change) {
  TRY_STATUS(record(actor, what));
  Status done = archive_.commit(change);
  if (!done) (void)record(actor, what, AuditOutcome::Failed);
  return done;
}

Status AccessDesk::require(const Actor& actor, Right right, AuditRecord about) { return impl_->require(actor, right, std::move(about)); }
Status AccessDesk::record(const Actor& actor, AuditRecord what) { return impl_->record(actor, std::move(what)); }

// --- rows ---------------------------------------------------------------------------------------------------------------------

Result<std::optional<User>> AccessDesk::Impl::user(const std::string& name) const {
  TRY(const storage::Records records, archive_.read());
  TRY(const std::optional<std::string> bytes, records.view().get(storage::Family::Meta, storage::keys::user(name)));
  if (!bytes) return std::optional<User>();
  TRY(User user, storage::decode_user(*bytes), "user " + name);
  return std::optional(std::move(user));
}

Result<User> AccessDesk::Impl::known_user(const std::string& name) const {
  TRY(std::optional<User> found, user(lower(name)));
  if (!found) return Error{ErrorCode::NotFound, "there is no such user; `chartscan users list` shows all", {}};
  return *std::move(found);
}

Result<std::vector<User>> AccessDesk::Impl::all_users() const {
  TRY(const storage::Records records, archive_.read());
  std::vector<User> users;
  Status fault;
  TRY_STATUS(records.view().scan(storage::Family::Meta, storage::keys::kUsers, [&](std::string_view, std::string_view bytes) {
    auto user = storage::decode_user(bytes);
    if (!user) return fault = std::move(user).error(), false;
    users.push_back(*std::move(user));
    return true;
  }));
  TRY_STATUS(fault);
  return users;
}

storage::Change AccessDesk::Impl::put(const User& user) {
  storage::Change change;
  change.raw().put(storage::Family::Meta, storage::keys::user(user.name), storage::encode(user));
  return change;
}

Result<bool> AccessDesk::Impl::no_users() const {
  TRY(const storage::Records records, archive_.read());
  bool none = true;
  TRY_STATUS(records.view().scan(storage::Family::Meta, storage::keys::kUsers, [&](std::string_view, std::string_view) { return none = false; }));
  return none;
}

// --- tries --------------------------------------------------------------------------------------------------------------------

// A try is counted before the password is looked at, so that many at once are no way around the wait.
Status AccessDesk::Impl::check_tries(const std::string& name, int stored_failed, std::int64_t stored_until) {
  const std::lock_guard lock(tries_mutex_);
  const std::int64_t time = now();
  if (tries_.size() > kMostTries) std::erase_if(tries_, [&](const auto& entry) { return entry.second.locked_until <= time; });
  Tries& tries = tries_.try_emplace(name, Tries{stored_failed, stored_until}).first->second;
  if (tries.locked_until > time)
    return Error{ErrorCode::AccountLocked, fmt::format("too many wrong passwords; try again in {}", waiting_time(tries.locked_until - time)), {}};
  if (++tries.failed >= kFreeTries) tries.locked_until = time + std::min(kLongestWait, kFirstWait << std::min(tries.failed - kFreeTries, 10));
  return {};
}

Tries AccessDesk::Impl::tries_of(const std::string& name) const {
  const std::lock_guard lock(tries_mutex_);
  const auto found = tries_.find(name);
  return found == tries_.end() ? Tries() : found->second;
}

Status AccessDesk::Impl::keep_tries(const std::string& name) {
  const std::lock_guard lock(changes_);
  TRY(User user, known_user(name));
  const Tries tries = tries_of(name);
  user.failed = tries.failed;
  user.locked_until = tries.locked_until;
  return archive_.commit(put(user));
}

void AccessDesk::Impl::forget_tries(const std::string& name) {
  const std::lock_guard lock(tries_mutex_);
  tries_.erase(name);
}

// --- actors -------------------------------------------------------------------------------------------------------------------

std::vector<Grant> AccessDesk::Impl::grants_of(const std::string& user) const {
  const std::shared_lock lock(grants_mutex_);
  std::vector<Grant> grants;
  for (auto [it, end] = grants_.equal_range(user); it != end; ++it)
    if (it->second.until > now()) grants.push_back(it->second);
  return grants;
}

Actor AccessDesk::Impl::actor_of(const User& user) const {
  Actor actor;
  actor.user = user.name;
  actor.full_name = user.full_name;
  actor.roles = user.roles;
  actor.must_change = user.must_change;
  if (user.disabled || user.must_change) return actor;
  actor.rights = roles_.rights_of(user.roles);
  actor.sensitive = roles_.sensitive_of(user.roles);
  actor.grants = grants_of(user.name);
  return actor;
}

void AccessDesk::Impl::refresh_actors(const User& user) {
  const Actor fresh = actor_of(user);
  for (const SessionPtr& session : shelf_.all([&](const ShelvedSession& one) { return one.user == user.name; })) {
    auto actor = std::make_shared<Actor>(fresh);
    const ActorPtr before = session->actor.load();
    actor->session = before->session;
    actor->origin = before->origin;
    session->actor.store(std::move(actor));
  }
  const std::shared_lock lock(tokens_mutex_);
  for (const auto& [id, token] : tokens_) {
    if (token->token.user != user.name) continue;
    auto actor = std::make_shared<Actor>(fresh);
    actor->token = true;
    actor->session = id;
    actor->rights = actor->rights & parse_rights(token->token.scopes).value_or(Rights());
    actor->grants.clear();  // glass is broken by people
    token->actor.store(user.disabled ? nullptr : std::move(actor));
  }
}

bool AccessDesk::Impl::ended(const ShelvedSession& session) const {
  const std::int64_t time = now();
  return time >= session.ends || time >= session.touched + config_.idle_minutes * 60;
}

Session AccessDesk::Impl::view_of(const ShelvedSession& session) const {
  Session view;
  view.id = session.id;
  view.actor = session.actor.load();
  view.began = session.began;
  view.ends = session.ends;
  view.last_touch = session.touched;
  view.idle_ends = session.touched + config_.idle_minutes * 60;
  return view;
}

Status AccessDesk::Impl::end_session(const SessionPtr& session, const Actor& by, AuditAction action, const std::string& why) {
  if (!shelf_.take(session)) return {};
  AuditRecord record = line(action, by.session == session->id ? why : fmt::format("session {} of {}: {}", session->id, session->user, why));
  return this->record(by, std::move(record));
}

Status AccessDesk::Impl::end_sessions(const Actor& by, const std::string& user, const std::string& but_for, const std::string& why) {
  for (const SessionPtr& session : shelf_.all([&](const ShelvedSession& one) { return one.user == user && one.id != but_for; }))
    TRY_STATUS(end_session(session, by, AuditAction::SessionEnded, why));
  return {};
}

// --- logging in ---------------------------------------------------------------------------------------------------------------

Result<Session> AccessDesk::login(const std::string& typed_name, const std::string& password, const std::string& origin) {
  const std::string name = lower(typed_name);
  const bool possible = is_login_name(name);
  Actor who;
  who.user = possible ? name : "(no login name)";  // what was typed may be a password
  who.origin = origin;
  std::optional<User> user;
  if (possible) {
    TRY(user, impl_->user(name));
  }
  const auto refused = [&](const std::string& why, Error error) -> Result<Session> {
    TRY_STATUS(impl_->record(who, line(AuditAction::LoginRefused, why), AuditOutcome::Refused));
    return error;
  };
  const std::string tried = possible ? name : who.user;
  if (Status wait = impl_->check_tries(tried, user ? user->failed : 0, user ? user->locked_until : 0); !wait) return refused("locked", wait.error());
  const bool right = user ? password_is(user->password_hash, password) : password_of_nobody(password);
  if (!user || !right || user->disabled) {
    if (user && impl_->tries_of(name).locked_until > 0) TRY_STATUS(impl_->keep_tries(name));  // a lock outlives a restart
    return refused(!user ? "unknown name" : !right ? "wrong password" : "disabled", wrong_name_or_password());
  }
  const std::lock_guard lock(impl_->changes_);
  TRY(User fresh, impl_->known_user(name));
  if (fresh.disabled || fresh.password_hash != user->password_hash) return refused("changed meanwhile", wrong_name_or_password());
  fresh.failed = 0;
  fresh.locked_until = 0;
  fresh.last_login_at = impl_->now();

  const std::string token = random_token();
  auto session = std::make_shared<ShelvedSession>();
  session->token_hash = secret_hash(token);
  session->id = session_id(session->token_hash);
  session->user = name;
  session->began = impl_->now();
  session->ends = session->began + impl_->config_.session_hours * 3600;
  session->touched = session->began;
  auto actor = std::make_shared<Actor>(impl_->actor_of(fresh));
  actor->session = session->id;
  actor->origin = origin;
  session->actor.store(actor);
  TRY_STATUS(impl_->commit(*actor, line(AuditAction::Login, fresh.must_change ? "must change the password" : ""), Impl::put(fresh)));
  impl_->forget_tries(name);
  impl_->shelf_.put(session);
  Session view = impl_->view_of(*session);
  view.token = token;
  view.csrf = derived("csrf", token);
  return view;
}

Result<ActorPtr> AccessDesk::actor_of_session(const std::string& token, Touch touch) {
  const SessionPtr session = impl_->shelf_.find(secret_hash(token));
  if (!session || impl_->ended(*session)) return not_logged_in();
  if (touch == Touch::Yes) session->touched = impl_->now();
  return session->actor.load();
}

Result<Session> AccessDesk::session(const std::string& token) {
  const SessionPtr session = impl_->shelf_.find(secret_hash(token));
  if (!session || impl_->ended(*session)) return not_logged_in();
  Session view = impl_->view_of(*session);
  view.token = token;
  view.csrf = derived("csrf", token);
  return view;
}

bool AccessDesk::csrf_is_right(const std::string& token, const std::string& csrf) const { return equal_secrets(derived("csrf", token), csrf); }

Status AccessDesk::logout(const std::string& token) {
  const SessionPtr session = impl_->shelf_.find(secret_hash(token));
  if (!session) return not_logged_in();
  return impl_->end_session(session, *session->actor.load(), AuditAction::Logout, "");
}

void AccessDesk::end_idle_sessions() {
  for (const SessionPtr& session : impl_->shelf_.all([this](const ShelvedSession& one) { return impl_->ended(one); }))
    (void)impl_->end_session(session, *session->actor.load(), AuditAction::SessionEnded, impl_->now() >= session->ends ? "its time was over" : "nobody was there");
  const std::unique_lock lock(impl_->grants_mutex_);
  std::erase_if(impl_->grants_, [this](const auto& entry) { return entry.second.until <= impl_->now(); });
}

Result<std::vector<Session>> AccessDesk::sessions(const Actor& actor) const {
  std::vector<Session> views;
  for (const SessionPtr& session : impl_->shelf_.all([&](const ShelvedSession& one) { return !impl_->ended(one) && (one.user == actor.user || actor.may(Right::Users)); }))
    views.push_back(impl_->view_of(*session));
  std::ranges::sort(views, std::greater(), &Session::began);
  return views;
}

Status AccessDesk::end_session(const Actor& actor, const std::string& id) {
  const std::vector<SessionPtr> found = impl_->shelf_.all([&](const ShelvedSession& one) { return one.id == id; });
  if (found.empty() || (found.front()->user != actor.user && !actor.may(Right::Users))) return Error{ErrorCode::NotFound, "there is no such session; it may have ended", {}};
  return impl_->end_session(found.front(), actor, AuditAction::SessionEnded, "ended by " + actor.user);
}

// --- the first user -----------------------------------------------------------------------------------------------------------

Result<bool> AccessDesk::first_run() const { return impl_->no_users(); }

std::string AccessDesk::setup_code() const {
  const std::lock_guard lock(impl_->changes_);
  return impl_->setup_code_;
}

Result<User> AccessDesk::create_first_administrator(const std::string& setup_code, const NewUser& user, const std::string& origin) {
  Actor setup = terminal_actor("first run");
  setup.origin = origin;
  TRY_STATUS(impl_->check_tries(kSetupName, 0, 0));
  TRY(const bool first, impl_->no_users());
  const std::string code = this->setup_code();
  if (!first || code.empty() || !equal_secrets(code, setup_code)) {
    TRY_STATUS(impl_->record(setup, line(AuditAction::Refused, "first run: wrong setup code"), AuditOutcome::Refused));
    return Error{ErrorCode::NoRight, "the setup code is wrong or used; `chartscan serve` prints it where it was started", {}};
  }
  NewUser administrator = user;
  administrator.must_change = false;
  administrator.roles.clear();
  for (const Role& role : impl_->roles_.roles())
    if (role.rights.has(Right::Users) && administrator.roles.empty()) administrator.roles = {role.name};
  return add_user(setup, administrator);
}

const RoleBook& AccessDesk::roles() const { return impl_->roles_; }
const SensitivityTable& AccessDesk::sensitivity() const { return impl_->table_; }
storage::AuditTrail& AccessDesk::trail() { return impl_->trail_; }
std::int64_t AccessDesk::now() const { return impl_->now(); }
const AccessConfig& AccessDesk::config() const { return impl_->config_; }

}  // namespace chartscan::app
