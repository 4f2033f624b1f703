// The verbs of the audit trail: verify, show, who-saw, by-user, export, anchor; and how every other verb puts its look into it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/access/actor.h"
#include "app/cli/verbs.h"
#include "storage/audit_trail.h"

namespace chartscan::app::cli {

struct TrailWords {
  std::string mrn, user, page, document, from, to, reason, format = "csv";
  std::vector<std::string> actions, anchors;
  std::filesystem::path anchor_file, out;
  std::uint64_t before = 0;
  int limit = 50;
};

// Puts what this command line is about to show or do into the archive's trail, as the system's user. Before it shows it: where this fails
// it must not.
Status record_look(const Common& common, storage::AuditRecord what);
Actor person_here();  // the system's user at this terminal, or behind the command that a server runs

Result<int> verify_trail(const Common& common, const TrailWords& words);
Result<int> show_trail(const Common& common, const TrailWords& words);
Result<int> who_saw(const Common& common, const TrailWords& words);
Result<int> export_trail(const Common& common, const TrailWords& words);
Result<int> anchor_trail(const Common& common);

}  // namespace chartscan::app::cli
