#include "app/access/actor.h"

namespace chartscan::app {

Actor terminal_actor(const std::string& system_user) {
  Actor actor;
  actor.user = actor.full_name = system_user;
  actor.rights = Rights::all();
  actor.sensitive = {kEverySensitivity};
  actor.origin = "terminal";
  return actor;
}

Actor feed_actor(const std::string& name, const std::string& origin) {
  Actor actor;
  actor.user = actor.full_name = name;
  actor.rights = {Right::Patients};
  actor.origin = origin;
  return actor;
}

}  // namespace chartscan::app
