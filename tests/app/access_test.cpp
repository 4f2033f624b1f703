// Who may do what: passwords, lock-out, sessions, tokens, roles, sensitive papers and broken glass; and that all of it is in the trail.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <thread>

#include "app/access/access_desk.h"
#include "app/access/secrets.h"
#include "charts/document_types.h"
#include "charts/patient_index.h"

namespace chartscan::app {
namespace {

using storage::AuditAction;

constexpr const char* kPassword = "eleven blue horses";
constexpr const char* kOther = "twelve green horses";

class SetClock final : public Clock {
 public:
  std::int64_t unix_seconds() const override { return seconds; }
  std::int64_t seconds = 1'795'000'000;
};

// A desk over an archive in memory and a trail on disk, with a user of each role.
class Desk {
 public:
  Desk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chartscan-access-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    config.sensitivity = {{"progress_note", "psychiatric"}, {"lab_report", "substance-use"}};
    Patient patient;
    storage::Change change;
    for (const char* mrn : {"1001", "1002"}) {
      patient.mrn = mrn;
      patient.family = "SAMPLE";
      charts::put_patient(change, patient);
    }
    REQUIRE(archive->commit(change).ok());
    open();
  }
  ~Desk() {
    desk_.reset();
    trail_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    desk_.reset();
    trail_.reset();
    trail_ = std::move(*storage::AuditTrail::open(folder_));
    auto opened = AccessDesk::open(*archive, *trail_, clock, config);
    INFO((opened.ok() ? "" : to_string(opened.error())));
    REQUIRE(opened.ok());
    desk_ = std::move(*opened);
  }
  void add(const std::string& name, const std::string& role, bool must_change = false) {
    const auto added = desk_->add_user(root, {name, "Test " + name, {role}, kPassword, must_change});
    INFO((added.ok() ? "" : to_string(added.error())));
    REQUIRE(added.ok());
  }
  Session login(const std::string& name, const std::string& password = kPassword) {
    auto session = desk_->login(name, password, "10.0.0.7");
    INFO((session.ok() ? "" : to_string(session.error())));
    REQUIRE(session.ok());
    return *session;
  }
  Actor actor(const std::string& name, const std::string& role) {
    add(name, role);
    return *login(name).actor;
  }
  std::vector<storage::AuditRecord> told(AuditAction action) {
    storage::AuditQuery query;
    query.actions = {action};
    return trail_->query(query)->records;
  }
  AccessDesk* operator->() { return desk_.get(); }

  AccessConfig config;
  SetClock clock;
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  const Actor root = terminal_actor("root");

 private:
  std::filesystem::path folder_;
  std::unique_ptr<storage::AuditTrail> trail_;
  std::unique_ptr<AccessDesk> desk_;
};

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  return result.ok() ? ErrorCode::Internal : result.error().code;
}

}  // namespace

TEST_CASE("a password is judged by its length, the user's name and what everybody takes", "[app][access]") {
  CHECK(check_password("eleven blue horses", "ann").ok());
  CHECK(check_password("gggggggggggg1", "ann").ok());
  CHECK(check_password("ééééééééèèèè", "ann").ok());  // characters, not bytes
  for (const char* refused : {"short", "eleven chrs", "Password-1234", "aaaaaaaaaaaaaa", "Administrator", "anna is the best nurse", "1234 5678 9012"})
    CHECK_FALSE(check_password(refused, "anna").ok());
  CHECK_FALSE(check_password(std::string(129, 'x') + "y", "ann").ok());
  CHECK(check_password(suggested_password(), "ann").ok());
}

TEST_CASE("a password is kept as argon2id with 64 MB, and an unknown name costs as much", "[app][access]") {
  const std::string hash = *hash_password(kPassword);
  CHECK(hash.starts_with("$argon2id$v=19$m=65536,t=2,"));
  CHECK(hash != *hash_password(kPassword));
  CHECK(password_is(hash, kPassword));
  CHECK_FALSE(password_is(hash, kOther));
  CHECK_FALSE(password_of_nobody(kPassword));
  CHECK_FALSE(password_is("", kPassword));
  const auto took = [](const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double known = took([&] { (void)password_is(hash, kOther); }), unknown = took([] { (void)password_of_nobody(kOther); });
  CHECK(unknown > known / 3);
  CHECK(known > unknown / 3);
}

TEST_CASE("the first user comes in with the code of the terminal, once", "[app][access]") {
  Desk desk;
  const std::string code = desk->setup_code();
  CHECK(*desk->first_run());
  CHECK(code.size() >= 16);
  const NewUser ann{"ann", "Ann Example", {}, kPassword, true};
  CHECK(code_of(desk->create_first_administrator("AAAA-BBBB-CCCC-DDDD", ann, "127.0.0.1")) == ErrorCode::NoRight);
  CHECK(code_of(desk->create_first_administrator("", ann, "127.0.0.1")) == ErrorCode::NoRight);
  const auto made = desk->create_first_administrator(code, ann, "127.0.0.1");
  REQUIRE(made.ok());
  CHECK(made->roles == std::vector<std::string>{"administrator"});
  CHECK_FALSE(*desk->first_run());
  CHECK(desk->setup_code().empty());
  CHECK_FALSE(desk->create_first_administrator(code, {"bob", "Bob", {}, kPassword, true}, "127.0.0.1").ok());
  CHECK_FALSE(desk->create_first_administrator("", {"bob", "Bob", {}, kPassword, true}, "127.0.0.1").ok());
  CHECK(desk.login("ann").actor->may(Right::Users));
  CHECK(desk.told(AuditAction::Refused).size() == 4);
}

TEST_CASE("wrong name, wrong password and disabled account are refused in the same words, and all are in the trail", "[app][access]") {
  Desk desk;
  desk.add("ann", "clerk");
  desk.add("bob", "clerk");
  REQUIRE(desk->change_user(desk.root, "bob", {.disabled = true}).ok());
  std::set<std::string> words;
  for (const auto& [name, password] : {std::pair{"nobody", kPassword}, {"ann", kOther}, {"bob", kPassword}, {"ann; drop", kPassword}, {"", ""}}) {
    const auto refused = desk->login(name, password, "10.0.0.9");
    CHECK(code_of(refused) == ErrorCode::NotLoggedIn);
    words.insert(refused.error().message);
  }
  CHECK(words.size() == 1);
  const auto told = desk.told(AuditAction::LoginRefused);
  REQUIRE(told.size() == 5);
  CHECK(told[4].detail == "unknown name");
  CHECK(told[3].detail == "wrong password");
  CHECK(told[2].detail == "disabled");
  CHECK(told[1].user == "(no login name)");
  CHECK(told[0].origin == "10.0.0.9");
  CHECK(told[0].outcome == storage::AuditOutcome::Refused);
}

TEST_CASE("wrong passwords in a row make one wait, longer each time, over restarts, until it is unlocked", "[app][access]") {
  Desk desk;
  desk.add("ann", "clerk");
  for (int i = 0; i < 5; ++i) CHECK(code_of(desk->login("ann", kOther, "x")) == ErrorCode::NotLoggedIn);
  CHECK(code_of(desk->login("ann", kPassword, "x")) == ErrorCode::AccountLocked);  // even with the right one
  desk.open();
  CHECK(code_of(desk->login("ann", kPassword, "x")) == ErrorCode::AccountLocked);
  desk.clock.seconds += 31;
  CHECK(code_of(desk->login("ann", kOther, "x")) == ErrorCode::NotLoggedIn);
  desk.clock.seconds += 31;  // not enough any more
  CHECK(code_of(desk->login("ann", kPassword, "x")) == ErrorCode::AccountLocked);
  desk.clock.seconds += 30;
  CHECK(desk->login("ann", kPassword, "x").ok());
  for (int i = 0; i < 5; ++i) (void)desk->login("ann", kOther, "x");
  CHECK(code_of(desk->login("ann", kPassword, "x")) == ErrorCode::AccountLocked);
  REQUIRE(desk->change_user(desk.root, "ann", {.unlock = true}).ok());
  CHECK(desk->login("ann", kPassword, "x").ok());
  for (int i = 0; i < 6; ++i) (void)desk->login("nobody", kOther, "x");
  CHECK(code_of(desk->login("nobody", kOther, "x")) == ErrorCode::AccountLocked);  // so that it does not tell who exists
}

TEST_CASE("a session ends by itself, by logging out, and by the administrator's hand", "[app][access]") {
  Desk desk;
  desk.add("ann", "clerk");
  const Session session = desk.login("ann");
  CHECK(session.token.size() == 43);
  CHECK(session.token != desk.login("ann").token);
  CHECK(desk->csrf_is_right(session.token, session.csrf));
  CHECK_FALSE(desk->csrf_is_right(session.token, session.csrf + "x"));
  CHECK_FALSE(desk->csrf_is_right(session.token, ""));
  CHECK(code_of(desk->actor_of_session("", Touch::Yes)) == ErrorCode::NotLoggedIn);
  CHECK(code_of(desk->actor_of_session(session.token + "x", Touch::Yes)) == ErrorCode::NotLoggedIn);

  desk.clock.seconds += 14 * 60;
  CHECK(desk->actor_of_session(session.token, Touch::Yes).ok());
  desk.clock.seconds += 14 * 60;
  CHECK(desk->actor_of_session(session.token, Touch::No).ok());  // polling is no sign of a person
  CHECK(desk->session(session.token)->idle_ends == desk.clock.seconds + 60);
  desk.clock.seconds += 60;
  CHECK_FALSE(desk->actor_of_session(session.token, Touch::Yes).ok());
  desk->end_idle_sessions();
  CHECK(desk.told(AuditAction::SessionEnded).front().detail == "nobody was there");

  const Session day = desk.login("ann");
  for (int minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
    desk.clock.seconds += 600;
    REQUIRE(desk->actor_of_session(day.token, Touch::Yes).ok());
  }
  desk.clock.seconds += 600;
  CHECK_FALSE(desk->actor_of_session(day.token, Touch::Yes).ok());  // twelve hours are the end

  const Session out = desk.login("ann");
  REQUIRE(desk->logout(out.token).ok());
  CHECK_FALSE(desk->actor_of_session(out.token, Touch::Yes).ok());
  CHECK(desk.told(AuditAction::Logout).size() == 1);
  const Session hit = desk.login("ann"), spared = desk.login("ann");
  const Actor bob = desk.actor("bob", "clerk");
  CHECK(code_of(desk->end_session(bob, hit.id)) == ErrorCode::NotFound);  // another's: not even that it is there
  REQUIRE(desk->end_session(desk.root, hit.id).ok());
  CHECK_FALSE(desk->actor_of_session(hit.token, Touch::Yes).ok());
  CHECK(desk->actor_of_session(spared.token, Touch::Yes).ok());
  CHECK(desk->sessions(bob)->size() == 1);
}

TEST_CASE("who must change the password can do nothing else; changing it ends the other sessions", "[app][access]") {
  Desk desk;
  desk.add("ann", "administrator", true);
  const Session here = desk.login("ann"), there = desk.login("ann");
  CHECK(here.actor->must_change);
  CHECK(here.actor->rights.empty());
  CHECK(code_of(desk->users(*here.actor)) == ErrorCode::NoRight);
  CHECK(code_of(desk->change_password(here.token, kOther, "a long new password")) == ErrorCode::InputRefused);
  CHECK(code_of(desk->change_password(here.token, kPassword, "short")) == ErrorCode::InputRefused);
  CHECK(code_of(desk->change_password(here.token, kPassword, kPassword)) == ErrorCode::InputRefused);
  REQUIRE(desk->change_password(here.token, kPassword, kOther).ok());
  CHECK((*desk->actor_of_session(here.token, Touch::Yes))->may(Right::Users));
  CHECK_FALSE(desk->actor_of_session(there.token, Touch::Yes).ok());
  CHECK_FALSE(desk->login("ann", kPassword, "x").ok());
  CHECK(desk->login("ann", kOther, "x").ok());
  REQUIRE(desk->reset_password(desk.root, "ann", kPassword).ok());
  CHECK_FALSE(desk->actor_of_session(here.token, Touch::Yes).ok());
  CHECK(desk.login("ann").actor->must_change);
}

TEST_CASE("taking a role away ends sessions, giving one does not; somebody is left who can manage users", "[app][access]") {
  Desk desk;
  desk.add("boss", "administrator");
  desk.add("ann", "clerk");
  const Session session = desk.login("ann");
  REQUIRE(desk->change_user(desk.root, "ann", {.roles = std::vector<std::string>{"clerk", "coder"}}).ok());
  CHECK((*desk->actor_of_session(session.token, Touch::Yes))->may(Right::Code));
  REQUIRE(desk->change_user(desk.root, "ann", {.roles = std::vector<std::string>{"coder"}}).ok());
  CHECK_FALSE(desk->actor_of_session(session.token, Touch::Yes).ok());
  CHECK(code_of(desk->change_user(desk.root, "ann", {.roles = std::vector<std::string>{"emperor"}})) == ErrorCode::InputRefused);
  CHECK(code_of(desk->change_user(desk.root, "boss", {.disabled = true})) == ErrorCode::Conflict);
  CHECK(code_of(desk->change_user(desk.root, "boss", {.roles = std::vector<std::string>{"clerk"}})) == ErrorCode::Conflict);
  CHECK(code_of(desk->add_user(desk.root, {"ann", "Another Ann", {"clerk"}, kPassword, true})) == ErrorCode::Conflict);
  CHECK(code_of(desk->add_user(desk.root, {"Ann/x", "Ann", {"clerk"}, kPassword, true})) == ErrorCode::InputRefused);
  CHECK(code_of(desk->add_user(desk.root, {"cid", "Cid", {}, kPassword, true})) == ErrorCode::InputRefused);
  const auto users = desk->users(desk.root);
  REQUIRE(users.ok());
  for (const User& user : *users) CHECK(user.password_hash.empty());
}

TEST_CASE("every call that needs a right is refused without it, and the refusal is in the trail", "[app][access]") {
  Desk desk;
  const Actor clerk = desk.actor("ann", "clerk");
  const std::size_t before = desk.told(AuditAction::Refused).size();
  CHECK(code_of(desk->users(clerk)) == ErrorCode::NoRight);
  CHECK(code_of(desk->add_user(clerk, {"eve", "Eve", {"administrator"}, kPassword, false})) == ErrorCode::NoRight);
  CHECK(code_of(desk->change_user(clerk, "ann", {.roles = std::vector<std::string>{"administrator"}})) == ErrorCode::NoRight);
  CHECK(code_of(desk->reset_password(clerk, "ann", kOther)) == ErrorCode::NoRight);
  CHECK(code_of(desk->issue_token(clerk, {"x", "ann", {"view"}, 1})) == ErrorCode::NoRight);
  CHECK(code_of(desk->tokens(clerk)) == ErrorCode::NoRight);
  CHECK(code_of(desk->revoke_token(clerk, "t-1")) == ErrorCode::NoRight);
  CHECK(code_of(desk->privacy_queue(clerk, AccessDesk::Queue::All)) == ErrorCode::NoRight);
  CHECK(code_of(desk->judge_glass(clerk, 1, "justified", "")) == ErrorCode::NoRight);
  const Actor manager = desk.actor("max", "manager");
  CHECK(code_of(desk->break_glass(manager, "1001", "", "a very good reason")) == ErrorCode::NoRight);
  const auto told = desk.told(AuditAction::Refused);
  CHECK(told.size() == before + 10);
  CHECK(told.front().user == "max");
  CHECK(told.front().mrns == std::vector<std::string>{"1001"});
  CHECK(told.front().session.starts_with("s-"));
}

TEST_CASE("a token has no more rights than its scopes and its user, ends, and is revoked", "[app][access]") {
  Desk desk;
  desk.add("robot", "auditor");
  const auto issued = desk->issue_token(desk.root, {"nightly export", "robot", {"export", "view", "users"}, 30});
  REQUIRE(issued.ok());
  CHECK(issued->token.secret_hash.empty());
  const auto actor = desk->actor_of_token(issued->secret, "10.9.9.9");
  REQUIRE(actor.ok());
  CHECK((*actor)->rights == Rights{Right::Export, Right::View});  // users: not the auditor's
  CHECK((*actor)->origin == "10.9.9.9");
  CHECK((*actor)->session == issued->token.id);
  CHECK(code_of(desk->break_glass(**actor, "1001", "", "a very good reason")) == ErrorCode::NoRight);
  for (const std::string& wrong : {std::string(), std::string("cs."), "cs." + issued->token.id + ".", issued->secret + "A", issued->secret.substr(1)})
    CHECK(code_of(desk->actor_of_token(wrong, "x")) == ErrorCode::NotLoggedIn);
  CHECK(desk->tokens(desk.root)->front().last_used_at == desk.clock.seconds);
  desk.open();
  CHECK(desk->actor_of_token(issued->secret, "x").ok());  // it outlives a restart
  REQUIRE(desk->change_user(desk.root, "robot", {.disabled = true}).ok());
  CHECK_FALSE(desk->actor_of_token(issued->secret, "x").ok());
  REQUIRE(desk->change_user(desk.root, "robot", {.disabled = false}).ok());
  CHECK(desk->actor_of_token(issued->secret, "x").ok());
  desk.clock.seconds += 30 * 86'400;
  CHECK_FALSE(desk->actor_of_token(issued->secret, "x").ok());
  const auto second = desk->issue_token(desk.root, {"again", "robot", {"view"}, 1});
  REQUIRE(desk->revoke_token(desk.root, second->token.id).ok());
  CHECK_FALSE(desk->actor_of_token(second->secret, "x").ok());
  CHECK(code_of(desk->issue_token(desk.root, {"x", "robot", {"fly"}, 1})) == ErrorCode::InputRefused);
  CHECK(code_of(desk->issue_token(desk.root, {"x", "robot", {"view"}, 1000})) == ErrorCode::InputRefused);
}

TEST_CASE("what is kept apart is closed without its class; broken glass opens it for one chart and a while", "[app][access]") {
  Desk desk;
  const Session session = [&] {
    desk.add("ann", "clerk");
    return desk.login("ann");
  }();
  const auto actor = [&] { return **desk->actor_of_session(session.token, Touch::No); };
  const auto opening = [&](const std::string& mrn, const std::string& sensitivity) { return may_open(actor(), {mrn, sensitivity, true, true, {}}, desk.clock.seconds); };
  CHECK(opening("1001", "") == Opening::Allowed);
  CHECK(opening("1001", "psychiatric") == Opening::NeedsGlass);
  const std::vector<std::string> hidden = desk->doors().hidden_types(actor(), desk.clock.seconds);  // beside them those that are sensitive by nature
  for (const char* type : {"lab_report", "progress_note", "substance_use_record"}) CHECK(std::ranges::count(hidden, type) == 1);
  CHECK(std::ranges::count(hidden, "operative_report") == 0);

  CHECK(code_of(desk->break_glass(actor(), "1001", "", "because")) == ErrorCode::InputRefused);
  CHECK(code_of(desk->break_glass(actor(), "1001", "", "         .          ")) == ErrorCode::InputRefused);
  CHECK(code_of(desk->break_glass(actor(), "9999", "", "unconscious in the emergency room")) == ErrorCode::NotFound);
  CHECK(code_of(desk->break_glass(actor(), "1001", "secret", "unconscious in the emergency room")) == ErrorCode::InputRefused);
  const auto glass = desk->break_glass(actor(), "1001", "psychiatric", "unconscious in the emergency room");
  REQUIRE(glass.ok());
  CHECK(opening("1001", "psychiatric") == Opening::Allowed);
  CHECK(opening("1001", "substance-use") == Opening::NeedsGlass);  // only what was asked for
  CHECK(opening("1002", "psychiatric") == Opening::NeedsGlass);
  CHECK(desk->doors().hidden_types(actor(), desk.clock.seconds) == hidden);  // a search over all charts stays as it was
  const std::vector<std::string> in_chart = desk->doors().hidden_types(actor(), desk.clock.seconds, "1001");
  CHECK(std::ranges::count(in_chart, "lab_report") == 1);
  CHECK(std::ranges::count(in_chart, "progress_note") == 0);
  REQUIRE(desk->break_glass(actor(), "1001", "", "and now the whole of it").ok());
  CHECK(opening("1001", "substance-use") == Opening::Allowed);

  const Actor opened = actor();
  const auto told = desk.told(AuditAction::BreakGlass);
  REQUIRE(told.size() == 2);
  CHECK(told[1].reason == "unconscious in the emergency room");
  CHECK(told[1].mrns == std::vector<std::string>{"1001"});

  const Actor officer = desk.actor("pat", "privacy-officer");
  REQUIRE(desk->privacy_queue(officer, AccessDesk::Queue::Waiting)->size() == 2);
  CHECK(code_of(desk->judge_glass(officer, 1, "perhaps", "")) == ErrorCode::InputRefused);
  CHECK(desk->judge_glass(officer, 1, "justified", "seen with the ward").ok());
  CHECK(code_of(desk->judge_glass(officer, 1, "not-justified", "")) == ErrorCode::Conflict);
  CHECK(desk->privacy_queue(officer, AccessDesk::Queue::Waiting)->size() == 1);
  CHECK(desk->privacy_queue(officer, AccessDesk::Queue::All)->back().verdict == "justified");

  desk.clock.seconds += 59 * 60;
  CHECK(may_open(opened, {"1001", "psychiatric", true, true, {}}, desk.clock.seconds) == Opening::Allowed);
  desk.clock.seconds += 60;
  CHECK(may_open(desk.root, {"1001", "psychiatric", true, true, {}}, desk.clock.seconds) == Opening::Allowed);
  CHECK(may_open(opened, {"1001", "psychiatric", true, true, {}}, desk.clock.seconds) == Opening::NeedsGlass);
  desk.open();  // a new process knows nothing of the old sessions; broken glass that is still open it would know
  CHECK(desk.login("ann").actor->grants.empty());
}

TEST_CASE("nobody judges the glass they broke themselves", "[app][access]") {
  Desk desk;
  desk.add("pat", "privacy-officer");
  REQUIRE(desk->change_user(desk.root, "pat", {.roles = std::vector<std::string>{"privacy-officer", "clerk"}}).ok());
  const Actor pat = *desk.login("pat").actor;
  REQUIRE(desk->break_glass(pat, "1001", "", "a very good reason").ok());
  CHECK(code_of(desk->judge_glass(pat, 1, "justified", "")) == ErrorCode::NoRight);
  desk.open();
  CHECK(desk.login("pat").actor->grants.size() == 1);
}

TEST_CASE("the policy, line by line", "[app][access]") {
  const auto with = [](std::initializer_list<Right> rights, const std::string& user = "ann") {
    Actor actor;
    actor.user = user;
    actor.rights = rights;
    return actor;
  };
  const auto opening = [](const Actor& actor, const Subject& subject) { return may_open(actor, subject, 1000); };
  const Subject filed{"1001", "", true, true, "op"}, waiting{"1001", "", false, true, "op"}, open_batch{"", "", false, false, "op"};
  const Subject kept_apart{"1001", "psychiatric", true, true, "op"}, apart_in_batch{"1001", "psychiatric", false, false, "op"};

  CHECK(opening(with({Right::View}), filed) == Opening::Allowed);
  CHECK(opening(with({Right::Review, Right::BatchWork, Right::Scan, Right::Search}), filed) == Opening::Hidden);
  CHECK(opening(with({Right::BreakGlass}), filed) == Opening::NeedsGlass);
  CHECK(opening(with({}), filed) == Opening::Hidden);

  CHECK(opening(with({Right::Review}), waiting) == Opening::Allowed);
  CHECK(opening(with({Right::BatchWork}), waiting) == Opening::Hidden);  // its batch was released
  CHECK(opening(with({Right::BatchWork}), open_batch) == Opening::Allowed);
  CHECK(opening(with({Right::BreakGlass}), open_batch) == Opening::Hidden);  // nobody's chart: no glass to break

  CHECK(opening(with({Right::View}), kept_apart) == Opening::Hidden);
  CHECK(opening(with({Right::View, Right::BreakGlass}), kept_apart) == Opening::NeedsGlass);
  Actor named = with({Right::View});
  named.sensitive = {"psychiatric"};
  CHECK(opening(named, kept_apart) == Opening::Allowed);
  named.sensitive = {"substance-use"};
  CHECK(opening(named, kept_apart) == Opening::Hidden);
  named.sensitive = {kEverySensitivity};
  CHECK(opening(named, kept_apart) == Opening::Allowed);

  CHECK(opening(with({Right::Scan, Right::BatchWork}, "op"), apart_in_batch) == Opening::Allowed);  // who fed it held it
  CHECK(opening(with({Right::Scan, Right::BatchWork}, "other"), apart_in_batch) == Opening::Hidden);
  CHECK(opening(with({Right::Scan, Right::BatchWork}, "op"), kept_apart) == Opening::Hidden);  // let go is let go
  CHECK(opening(with({Right::BatchWork}, ""), {"", "psychiatric", false, false, ""}) == Opening::Hidden);

  Actor grantee = with({});
  grantee.grants = {{1, "1001", "", 1001}};
  CHECK(opening(grantee, kept_apart) == Opening::Allowed);
  CHECK(may_open(grantee, kept_apart, 1001) == Opening::Hidden);
  CHECK(opening(grantee, {"1002", "", true, true, ""}) == Opening::Hidden);
  CHECK(may_open_chart(grantee, "1001", 1000) == Opening::Allowed);
  CHECK(may_open_chart(grantee, "1002", 1000) == Opening::Hidden);
  CHECK(may_open_chart(with({Right::BreakGlass}), "1002", 1000) == Opening::NeedsGlass);
  grantee.grants = {{1, "1001", "substance-use", 2000}};
  CHECK(opening(grantee, kept_apart) == Opening::Hidden);
  CHECK(may_open_chart(grantee, "1001", 1000) == Opening::Hidden);
  CHECK(as_status(Opening::Hidden, "page P1").error().code == ErrorCode::NotFound);
  CHECK(as_status(Opening::NeedsGlass, "page P1").error().code == ErrorCode::GlassNeeded);
}

TEST_CASE("the doorkeeper asks the archive: page, document, batch", "[app][access]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  Batch batch;
  batch.id = {1};
  batch.operator_name = "op";
  batch.state = BatchState::Closed;
  change.put(batch);
  Document document;
  document.id = {1};
  document.batch = {1};
  document.pages = {{1}};
  document.type = "progress_note";
  document.link.mrn = "1001";
  change.put(document);
  Page page;
  page.id = {1};
  page.batch = {1};
  page.document = document.id;
  change.put(page);
  page.id = {2};
  page.document.reset();
  page.types = {{"progress_note", 0.9}};
  change.put(page);
  REQUIRE(archive->commit(change).ok());
  const storage::Records records = *archive->read();
  const SensitivityTable table(std::map<std::string, std::string>{{"progress_note", "psychiatric"}});
  const Doorkeeper doors(table);
  Actor op;
  op.user = "op";
  op.rights = {Right::Scan, Right::BatchWork};
  Actor clerk;
  clerk.user = "ann";
  clerk.rights = {Right::View, Right::Review, Right::BatchWork};
  for (const PageId id : {PageId{1}, PageId{2}}) {
    CHECK(*doors.may_open(op, records, id, 1) == Opening::Allowed);
    CHECK(*doors.may_open(clerk, records, id, 1) == Opening::Hidden);
  }
  CHECK(*doors.may_open(clerk, records, PageId{3}, 1) == Opening::Hidden);
  clerk.sensitive = {"psychiatric"};
  CHECK(*doors.may_open(clerk, records, PageId{1}, 1) == Opening::Allowed);
  CHECK(*doors.may_open(op, records, document, 1) == Opening::Allowed);
  CHECK(std::ranges::count(doors.hidden_types(op, 1), "progress_note") == 1);
}

TEST_CASE("roles are data: the built-in ones are sound, and a wrong file is named", "[app][access]") {
  const RoleBook& book = RoleBook::built_in();
  for (const char* role : {"operator", "clerk", "sensitive-clerk", "coder", "auditor", "manager", "administrator", "privacy-officer"}) REQUIRE(book.find(role));
  CHECK(book.roles().front().name == "operator");  // the file's order
  CHECK(book.find("operator")->rights == Rights{Right::Scan, Right::BatchWork, Right::Release});
  CHECK_FALSE(book.find("administrator")->rights.has(Right::View));  // who manages users does not read charts
  CHECK(book.sensitive_of({"privacy-officer"}).contains(kEverySensitivity));
  CHECK(book.sensitive_of({"sensitive-clerk"}).contains(kEverySensitivity));  // somebody can decide what waits of papers kept apart
  CHECK(book.find("sensitive-clerk")->rights == book.find("clerk")->rights);
  for (const Right right : all_rights()) {
    INFO(to_string(right));
    CHECK(book.somebody_can(right));
    CHECK(parse_right(to_string(right)) == right);
  }
  for (const char* wrong : {"", "x = 1", "[a]\nrights = [\"fly\"]", "[a]\nrights = \"view\"", "[a]\nrihgts = [\"view\"]", "[a]\nrights = [\"view\"]", "[a"})
    CHECK(code_of(RoleBook::parse("roles.toml", wrong)) == ErrorCode::Configuration);
  CHECK(RoleBook::parse("roles.toml", "[chief]\nrights = [\"users\", \"view\"]\nsensitive = [\"hiv\"]").ok());
}

TEST_CASE("sensitivity comes from the type's file, and the configuration is above it", "[app][access]") {
  const auto type = charts::parse_document_type("x.toml", "code = \"x\"\nloinc = \"1-1\"\nname = \"X\"\nsection = \"Progress notes\"\nsensitivity = \"hiv\"\n[titles]\nx = 1.0\n");
  REQUIRE(type.ok());
  CHECK(type->sensitivity == "hiv");
  const SensitivityTable table(std::map<std::string, std::string>{{"progress_note", "psychiatric"}, {"own_type", "vip"}});
  CHECK(table.of("progress_note") == "psychiatric");
  CHECK(table.of("own_type") == "vip");
  CHECK(table.of("operative_report").empty());
  CHECK(std::ranges::count(table.classes(), "psychiatric") == 1);
}

TEST_CASE("many threads look up who asks while sessions come and go", "[app][access]") {
  Desk desk;
  desk.add("ann", "clerk");
  const Session session = desk.login("ann");
  std::atomic<int> fine{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) fine += desk->actor_of_session(session.token, Touch::Yes).ok();
    });
  for (int i = 0; i < 3; ++i) (void)desk->logout(desk.login("ann").token);
  REQUIRE(desk->break_glass(*session.actor, "1001", "", "while others look").ok());
  for (std::thread& thread : threads) thread.join();
  CHECK(fine == 16'000);
  CHECK((*desk->actor_of_session(session.token, Touch::Yes))->grants.size() == 1);
}

}  // namespace chartscan::app
