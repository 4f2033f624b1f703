#include "app/access/session_shelf.h"

namespace chartscan::app {

void SessionShelf::put(SessionPtr session) {
  Shard& shard = shard_of(session->token_hash);
  const std::unique_lock lock(shard.mutex);
  shard.sessions[session->token_hash] = std::move(session);
}

SessionPtr SessionShelf::find(const std::string& token_hash) const {
  const Shard& shard = shard_of(token_hash);
  const std::shared_lock lock(shard.mutex);
  const auto found = shard.sessions.find(token_hash);
  return found == shard.sessions.end() ? nullptr : found->second;
}

bool SessionShelf::take(const SessionPtr& session) {
  Shard& shard = shard_of(session->token_hash);
  const std::unique_lock lock(shard.mutex);
  return shard.sessions.erase(session->token_hash) == 1;
}

std::vector<SessionPtr> SessionShelf::all(const std::function<bool(const ShelvedSession&)>& wanted) const {
  std::vector<SessionPtr> found;
  for (const Shard& shard : shards_) {
    const std::shared_lock lock(shard.mutex);
    for (const auto& [hash, session] : shard.sessions)
      if (wanted(*session)) found.push_back(session);
  }
  return found;
}

}  // namespace chartscan::app
