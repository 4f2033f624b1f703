// Who one is: login, logout, one's own password, the first user.
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

constexpr int kWarnSeconds = 60;  // before an idle session ends

std::string cookie_of(const Request& request) {
  const auto found = request.cookies.find(kSessionCookie);
  return found == request.cookies.end() ? std::string() : found->second;
}

std::pair<std::string, std::string> set_cookie(const Request& request, const std::string& value, std::int64_t seconds) {
  return {"Set-Cookie", std::string(kSessionCookie) + '=' + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
                            (request.encrypted ? "; Secure" : "")};
}

std::string archive_name(Api& api) {
  const std::filesystem::path folder = std::filesystem::absolute(api.service.config().archive).lexically_normal();
  return folder.has_filename() ? folder.filename() : folder.parent_path().filename();
}

json user_of(const Actor& actor) {
  return {{"name", actor.user}, {"full_name", actor.full_name}, {"roles", actor.roles}, {"rights", actor.rights.texts()}, {"must_change_password", actor.must_change}};
}

Result<json> described(Api& api, const Session* session) {
  TRY(const bool first_run, api.desk.first_run());
  json body{{"setup_needed", first_run}, {"user", nullptr}, {"csrf", nullptr}, {"idle_left_s", nullptr}, {"idle_warn_s", kWarnSeconds}, {"archive", archive_name(api)}};
  if (!session) return body;
  body["user"] = user_of(*session->actor);
  body["csrf"] = session->csrf;
  body["idle_left_s"] = std::max<std::int64_t>(0, std::min(session->idle_ends, session->ends) - api.desk.now());
  return body;
}

Result<Response> logged_in(Api& api, const Request& request, const Session& session) {
  TRY(const json body, described(api, &session));
  Response response = answer(body, 201);
  response.headers.push_back(set_cookie(request, session.token, session.ends - session.began));
  return response;
}

}  // namespace

Result<Response> get_session(Api& api, const Call& call) {
  const std::string token = cookie_of(call.request());
  const Result<Session> session = token.empty() ? Result<Session>(Error{ErrorCode::NotLoggedIn, "", {}}) : api.desk.session(token);
  TRY(const json body, described(api, session ? &*session : nullptr));
  return answer(body);
}

Result<Response> post_session(Api& api, const Call& call) {
  if (!api.logins.take(call.request().peer)) return Error{ErrorCode::TooMany, "too many tries from this address; wait a minute", {}};
  TRY(const Session session, api.desk.login(call.text("name"), call.text("password"), call.request().peer));
  return logged_in(api, call.request(), session);
}

Result<Response> delete_session(Api& api, const Call& call) {
  TRY_STATUS(api.desk.logout(cookie_of(call.request())));
  Response response = nothing();
  response.headers.push_back(set_cookie(call.request(), "", 0));
  return response;
}

Result<Response> extend_session(Api& api, const Call& call) {  // the call itself touched it
  TRY(const Session session, api.desk.session(cookie_of(call.request())));
  TRY(const json body, described(api, &session));
  return answer(body);
}

Result<Response> change_own_password(Api& api, const Call& call) {
  TRY_STATUS(api.desk.change_password(cookie_of(call.request()), call.text("old"), call.text("new")));
  return nothing();
}

// The code stands on the terminal of the machine that serves: who has it is in the room.
Result<Response> post_setup(Api& api, const Call& call) {
  if (!api.logins.take(call.request().peer)) return Error{ErrorCode::TooMany, "too many tries from this address; wait a minute", {}};
  NewUser user;
  user.name = call.text("name");
  user.full_name = call.text("full_name");
  user.roles = {"administrator"};
  user.password = call.text("password");
  user.must_change = false;
  TRY_STATUS(api.desk.create_first_administrator(call.text("code"), user, call.request().peer));
  TRY(const Session session, api.desk.login(user.name, user.password, call.request().peer));
  return logged_in(api, call.request(), session);
}

}  // namespace chartscan::app::http
