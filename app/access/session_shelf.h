// The sessions of this process, in memory only: a restart ends them all. Tokens are kept as hashes. Any thread; a look-up takes the shared
// lock of one shard.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/access/actor.h"

namespace chartscan::app {

struct ShelvedSession {
  std::string token_hash;
  std::string id;
  std::string user;
  std::int64_t began = 0, ends = 0;
  std::atomic<std::int64_t> touched{0};
  std::atomic<std::shared_ptr<const Actor>> actor;  // swapped when rights or grants change
};
using SessionPtr = std::shared_ptr<ShelvedSession>;

class SessionShelf {
 public:
  void put(SessionPtr session);
  SessionPtr find(const std::string& token_hash) const;  // null when there is none
  bool take(const SessionPtr& session);                  // off the shelf; false when somebody else did
  std::vector<SessionPtr> all(const std::function<bool(const ShelvedSession&)>& wanted) const;

 private:
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, SessionPtr> sessions;  // guarded by mutex; by token hash
  };
  const Shard& shard_of(const std::string& token_hash) const { return shards_[std::hash<std::string>{}(token_hash) % shards_.size()]; }
  Shard& shard_of(const std::string& token_hash) { return shards_[std::hash<std::string>{}(token_hash) % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

}  // namespace chartscan::app
