// What handlers have in common: answers as JSON, ids out of calls, lists in pieces.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "app/http/cursor.h"
#include "app/http/router.h"
#include "app/views.h"

namespace chartscan::app::http {

// Patients' data stays out of every cache between us and the screen.
inline Response answer(const nlohmann::json& body, int status = 200) { return {status, "application/json", dump(body), {{"Cache-Control", "no-store"}}, {}}; }
inline Response nothing() { return {204, "", "", {{"Cache-Control", "no-store"}}, {}}; }

template <typename IdType>
Result<IdType> parsed(const std::string& text) {
  if (const auto id = parse_id<IdType>(text)) return *id;
  return Error{ErrorCode::NotFound, "no such id; ids look like " + to_string(IdType{1}), {}};
}

template <typename IdType>
Result<IdType> id_of(const Call& call) {
  return parsed<IdType>(call.text("id"));
}

// One page of a list that is at hand as a whole: items from the cursor's position on, and the cursor to what is left.
template <typename Items, typename ToJson>
Result<nlohmann::json> page_of(const std::string& list, const Items& items, const Call& call, ToJson to_json_of) {
  TRY(const std::uint64_t position, parse_cursor(list, call.text("cursor")));
  const std::size_t begin = std::min<std::size_t>(position, items.size());
  const std::size_t end = std::min<std::size_t>(begin + static_cast<std::size_t>(call.number("limit")), items.size());
  nlohmann::json out{{"items", nlohmann::json::array()}, {"next", end < items.size() ? nlohmann::json(make_cursor(list, end)) : nlohmann::json(nullptr)}};
  for (std::size_t i = begin; i < end; ++i) out["items"].push_back(to_json_of(items[i]));
  return out;
}

nlohmann::json job_json(const ScanJob& job);  // scan_routes.cpp

inline nlohmann::json or_null(const std::string& text) { return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text); }
inline nlohmann::json time_or_null(std::int64_t seconds) { return seconds ? nlohmann::json(seconds) : nlohmann::json(nullptr); }

}  // namespace chartscan::app::http
