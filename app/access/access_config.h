// [access] and [audit] of the configuration.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "storage/audit_trail.h"

namespace chartscan::app {

struct AccessConfig {
  std::filesystem::path roles;  // a file like app/access/roles.toml; empty = that one
  int idle_minutes = 15;        // without a touch a session ends; the screens warn a minute before
  int session_hours = 12;       // and in any case after this
  int glass_minutes = 60;       // broken glass stays open so long
  std::map<std::string, std::string> sensitivity;  // document type code -> class, "" = none: over what the types say themselves
};

struct AuditConfig {
  std::filesystem::path anchor;
  int anchor_records = 1000;
  int anchor_minutes = 10;
};
storage::AuditOptions audit_options(const AuditConfig& config);

}  // namespace chartscan::app
