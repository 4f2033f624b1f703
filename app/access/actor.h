// Who asks: the person or program behind one call, with all that the rules need to know of them. Plain values, immutable once made; every
// call of a session gets the same one until something about it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/access/rights.h"

namespace chartscan::app {

// Glass that this user broke and that is still open.
struct Grant {
  std::int64_t number = 0;  // of the GlassBreak
  std::string mrn;          // canonical
  std::string sensitivity;  // the one class; empty = the whole chart
  std::int64_t until = 0;   // seconds since 1970
};

struct Actor {
  std::string user, full_name;
  std::vector<std::string> roles;
  Rights rights;
  Sensitivities sensitive;
  std::vector<Grant> grants;
  std::string session;       // public id of session or token for the trail; empty at a terminal
  std::string origin;        // IP address, "terminal", "feed"
  bool must_change = false;  // the password, before anything else: `rights` is empty until then
  bool token = false;        // a program

  bool may(Right right) const { return rights.has(right); }
  bool may_open_class(const std::string& sensitivity) const {
    return sensitivity.empty() || sensitive.contains(sensitivity) || sensitive.contains(kEverySensitivity);
  }
};
using ActorPtr = std::shared_ptr<const Actor>;

// Whoever is at the machine's own terminal and can read the archive's files can do everything with them anyway; the trail has their name.
Actor terminal_actor(const std::string& system_user);
// A feed of the hospital's.
Actor feed_actor(const std::string& name, const std::string& origin);

}  // namespace chartscan::app
