// Rows of users, tokens and broken glass: every field comes back, and damage is told.
#include <catch2/catch.hpp>

#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::storage {

TEST_CASE("a user keeps every field through bytes", "[storage][codec]") {
  User user{"ann", "Ann Example", {"clerk", "coder"}, "$argon2id$v=19$x", 3, 100, true, true, 1, 2, 4, 5, "root", "boss"};
  const Result<User> back = decode_user(encode(user));
  REQUIRE(back.ok());
  CHECK(encode(*back) == encode(user));
  CHECK(back->roles == user.roles);
  CHECK(back->password_hash == user.password_hash);
  CHECK(back->failed == 3);
  CHECK(back->locked_until == 100);
  CHECK(back->disabled);
  CHECK(back->must_change);
  CHECK(back->password_at == 4);
  CHECK(back->last_login_at == 5);
  CHECK(back->changed_by == "boss");
}

TEST_CASE("a token and broken glass keep every field through bytes", "[storage][codec]") {
  const ApiToken token{"t-1", "nightly", "robot", {"view"}, "aa", 1, 2, 3, 4, "root", "boss"};
  const Result<ApiToken> token_back = decode_api_token(encode(token));
  REQUIRE(token_back.ok());
  CHECK(encode(*token_back) == encode(token));
  CHECK(token_back->scopes == token.scopes);
  CHECK(token_back->revoked_by == "boss");
  CHECK(token_back->expires_at == 2);
  const GlassBreak glass{7, "ann", "1001", "psychiatric", "an emergency", "10.0.0.1", "s-1", 10, 20, "pat", 30, "justified", "seen"};
  const Result<GlassBreak> glass_back = decode_glass_break(encode(glass));
  REQUIRE(glass_back.ok());
  CHECK(encode(*glass_back) == encode(glass));
  CHECK(glass_back->sensitivity == "psychiatric");
  CHECK(glass_back->verdict == "justified");
  CHECK(keys::number_of_glass_break(keys::glass_break(7)) == 7);
  CHECK_FALSE(keys::number_of_glass_break("g"));
}

TEST_CASE("damaged rows of users are errors that say so, never half a user", "[storage][codec]") {
  const std::string good = encode(User{"ann", "Ann", {"clerk"}, "hash", 1, 2, false, false, 1, 1, 1, 1, "root", "root"});
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Result<User> back = decode_user(std::string_view(good).substr(0, size));
    REQUIRE_FALSE(back.ok());
    CHECK(back.error().code == ErrorCode::Integrity);
  }
}

}  // namespace chartscan::storage
