#include "app/access/access_config.h"

namespace chartscan::app {

storage::AuditOptions audit_options(const AuditConfig& config) {
  storage::AuditOptions options;
  options.anchor = config.anchor;
  options.anchor_records = config.anchor_records;
  options.anchor_minutes = config.anchor_minutes;
  return options;
}

}  // namespace chartscan::app
