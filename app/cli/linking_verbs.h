// patients duplicates and learn; audit-links: the error budget of automatic linking.
#pragma once

#include <filesystem>
#include <string>

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

struct DuplicateWords {
  double probability = 0.5;
  int limit = 100;
};

struct AuditWords {
  int count = 20;
  std::string document, verdict, who;
};

Result<int> list_overlays(const Common& common, int limit);
Result<int> settle_overlay(const Common& common, const std::string& mrn);
Result<int> list_duplicates(const Common& common, const DuplicateWords& words);
Result<int> learn_register(const Common& common);

Result<int> sample_links(const Common& common, const AuditWords& words);
Result<int> list_audited(const Common& common);
Result<int> record_audit(const Common& common, const AuditWords& words);
Result<int> linking_status(const Common& common);
Result<int> set_linking(const Common& common, bool automatic, const AuditWords& words);

}  // namespace chartscan::app::cli
