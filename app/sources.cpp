#include "app/sources.h"

namespace chartscan::app {
namespace {

class FilesFeeder final : public scan::Feeder {
 public:
  explicit FilesFeeder(std::vector<std::unique_ptr<scan::Feeder>> feeders) : feeders_(std::move(feeders)) {}

  std::string name() const override { return feeders_.front()->name(); }
  std::string source() const override { return feeders_.front()->source(); }
  Result<scan::Fed> next() override {
    while (true) {
      TRY(scan::Fed fed, feeders_[at_]->next());
      if (!std::holds_alternative<scan::End>(fed) || at_ + 1 == feeders_.size()) return fed;
      ++at_;
    }
  }

 private:
  std::vector<std::unique_ptr<scan::Feeder>> feeders_;
  std::size_t at_ = 0;
};

}  // namespace

void Reach::set(scan::ScanFeeder* feeder) {
  const std::lock_guard lock(mutex_);
  feeder_ = feeder;
  if (feeder_ && ended_) feeder_->cancel();
}

void Reach::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (feeder_) feeder_->cancel();
}

// Tells the reach when it goes.
class ReachedFeeder final : public scan::Feeder {
 public:
  ReachedFeeder(std::unique_ptr<scan::ScanFeeder> feeder, Reach& reach) : feeder_(std::move(feeder)), reach_(reach) { reach_.set(feeder_.get()); }
  ~ReachedFeeder() override { reach_.set(nullptr); }
  std::string name() const override { return feeder_->name(); }
  std::string source() const override { return feeder_->source(); }
  Result<scan::Fed> next() override { return feeder_->next(); }

 private:
  std::unique_ptr<scan::ScanFeeder> feeder_;
  Reach& reach_;
};

std::unique_ptr<scan::Feeder> Reach::within(std::unique_ptr<scan::ScanFeeder> feeder) {
  return std::make_unique<ReachedFeeder>(std::move(feeder), *this);
}

Result<ScanProfile> wanted_profile(const Config& config, const DeviceWords& words, const ScanProfile& base) {
  ScanProfile profile = base;
  if (!words.profile.empty()) {
    const auto known = config.profiles.find(words.profile);
    if (known == config.profiles.end())
      return Error{ErrorCode::Usage,
                   "there is no scan profile '" + words.profile +
                       "'; `chartscan config` shows the configuration, [profiles.NAME] adds one",
                   {}};
    profile = known->second;
  }
  if (!words.device.empty()) profile.device = words.device;
  if (!words.source.empty()) profile.source = words.source;
  if (words.dpi > 0) profile.dpi = words.dpi;
  if (!words.mode.empty()) profile.mode = parse_mode(words.mode).value_or(profile.mode);  // the parser of words checked both
  if (!words.size.empty()) profile.size = parse_size(words.size).value_or(profile.size);
  if (profile.device.empty())
    return Error{
        ErrorCode::Usage, "name the scanner with --device, or a profile that names one; `chartscan devices` lists them", {}};
  return profile;
}

scan::ScannerOptions scanner_options(const ScanProfile& profile) {
  scan::ScannerOptions options;
  options.device = profile.device;
  options.request = request_of(profile);
  return options;
}

Result<std::unique_ptr<scan::Feeder>> open_files(const std::vector<std::string>& files, const imaging::DecodeLimits& limits) {
  TRY(scan::FolderFeeders opened, scan::open_paths(files, limits));
  if (opened.feeders.empty())
    return Error{ErrorCode::InputRefused, "no page in the files given that can be taken; TIFF, PDF, PNG and JPEG can", {}};
  return std::unique_ptr<scan::Feeder>(std::make_unique<FilesFeeder>(std::move(opened.feeders)));
}

}  // namespace chartscan::app
