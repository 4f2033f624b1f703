#include "pipeline/watch.h"

#include <atomic>
#include <thread>

#include "pipeline/hot_folder.h"
#include "pipeline/intake.h"
#include "pipeline/reading.h"

namespace chartscan::pipeline {
namespace {

using FeederPtr = std::unique_ptr<scan::Feeder>;

std::string lines(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& line : all) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

class Watching {
 public:
  Watching(storage::Archive& archive, const WatchOrder& order, const IngestOptions& options, const WatchSink& sink)
      : archive_(archive),
        order_(order),
        options_(options),
        sink_(sink),
        progress_([this](const Progress& now) {
          tell({WatchEvent::Kind::Progress, {}, {}, {}, now});
        }),
        meter_(progress_),
        reading_(archive, options, clock_, meter_),
        intake_(archive, options, clock_, [this](const Page& page) {
          if (order_.read) reading_.stored(page);
          else if (order_.stored) order_.stored(page);
        }) {}

  Status run(ScanControl& control) {
    TRY(HotFolder folder, HotFolder::open(order_.folder, order_.quiet));
    control.on_stop([this] { stop(); });
    Status outcome = order_.read ? take_and_read(folder) : take_all(folder);
    control.on_stop({});
    return outcome;
  }

 private:
  void stop() {
    stopped_ = true;
    reading_.stop();
  }

  void tell(const WatchEvent& event) {
    if (sink_) sink_(event);
  }

  // The folder is looked after by a thread of its own, so that what arrives is durable whatever waits to be read.
  Status take_and_read(HotFolder& folder) {
    TRY_STATUS(reading_.load_backlog());
    Status taken;
    std::thread taking([&] {
      taken = take_all(folder);
      if (taken)
        reading_.finish();
      else
        reading_.stop();
    });
    Status read = reading_.run();
    if (!read) stopped_ = true;
    taking.join();
    TRY_STATUS(std::move(taken));
    return read;
  }

  Status take_all(HotFolder& folder) {
    while (!stopped_) {
      TRY(const std::vector<std::filesystem::path> sources, folder.at_rest(std::chrono::steady_clock::now()));
      for (const std::filesystem::path& source : sources) {
        if (stopped_) return {};
        TRY_STATUS(take(folder, source), source.filename().string());
      }
      if (!sources.empty()) continue;
      if (order_.once && !folder.waits_for_something()) return {};
      folder.wait(order_.pause);
    }
    return {};
  }

  Status take(HotFolder& folder, const std::filesystem::path& source) {
    WatchEvent event;
    event.name = source.filename().string();
    std::vector<std::string> refusals;
    bool known = true;
    auto taken = take_batches(source, event.batches, refusals, known);
    if (!taken) {
      const int exit_code = traits(taken.error().code).exit_code;
      if (exit_code != traits(ErrorCode::InputRefused).exit_code) return taken;  // the archive's trouble, not the source's
      refusals.push_back(to_string(taken.error()));
    }
    if (!folder.unchanged(source)) {
      tell({WatchEvent::Kind::Changed,
            event.name,
            event.batches,
            "it changed while it was taken in: what it held is stored, it is looked at again when it rests",
            {}});
      return {};
    }
    if (event.batches.empty() && refusals.empty())
      refusals.push_back(event.name + ": no page in it that can be taken; TIFF, PDF, PNG and JPEG can");
    return refusals.empty() ? done(folder, source, event, known) : refuse(folder, source, event, refusals);
  }

  Status take_batches(const std::filesystem::path& source, std::vector<BatchId>& batches, std::vector<std::string>& refusals,
                      bool& known) {
    const std::vector<std::string> paths{source.string()};
    TRY(scan::FolderFeeders opened, scan::open_paths(paths, options_.limits));
    for (std::size_t i = 0; i < opened.feeders.size(); ++i) {
      const auto reopen = [&]() -> Result<FeederPtr> {
        TRY(scan::FolderFeeders again, scan::open_paths(paths, options_.limits));
        if (i >= again.feeders.size()) return Error{ErrorCode::InputUnreadable, "it changed while it was read", {}};
        return std::move(again.feeders[i]);
      };
      TRY(const IntakeOutcome outcome, intake_.take(*opened.feeders[i], reopen));
      batches.push_back(outcome.batch);
      known = known && outcome.already_done;
      if (!outcome.already_done) TRY_STATUS(fed(outcome.batch));
      TRY_STATUS(note_refusals(outcome.batch, refusals));
    }
    return {};
  }

  Status fed(BatchId batch) {
    if (order_.read) return reading_.fed(batch);
    return order_.fed ? order_.fed(batch) : Status();
  }

  Status note_refusals(BatchId id, std::vector<std::string>& refusals) {
    TRY(const storage::Records records, archive_.read());
    TRY(const std::optional<Batch> batch, records.batch(id));
    if (!batch) return {};
    for (const RefusedItem& item : batch->refused)
      refusals.push_back(item.file + (item.page > 0 ? ", page " + std::to_string(item.page) : "") + ": " + item.message);
    if (!batch->refused.empty() && batch->sides_fed > static_cast<int>(batch->refused.size()))
      refusals.push_back("Everything else of it is stored in batch " + to_string(id) + ".");
    return {};
  }

  Status done(HotFolder& folder, const std::filesystem::path& source, WatchEvent& event, bool known) {
    TRY(const std::filesystem::path target, folder.move_to_done(source));
    event.kind = known ? WatchEvent::Kind::KnownBefore : WatchEvent::Kind::Taken;
    event.words =
        known ? "was stored before with the same content; moved to " + target.string() : "stored; moved to " + target.string();
    tell(event);
    return {};
  }

  Status refuse(HotFolder& folder, const std::filesystem::path& source, WatchEvent& event,
                const std::vector<std::string>& refusals) {
    TRY(const std::filesystem::path target, folder.move_to_refused(source, lines(refusals)));
    event.kind = WatchEvent::Kind::Refused;
    event.words = lines(refusals) + "\nmoved to " + target.string();
    tell(event);
    return {};
  }

  storage::Archive& archive_;
  const WatchOrder& order_;
  const IngestOptions& options_;
  const WatchSink& sink_;
  SystemClock clock_;
  const ProgressSink progress_;
  Meter meter_;
  Reading reading_;
  Intake intake_;
  std::atomic<bool> stopped_ = false;
};

Status watch(storage::Archive& archive, const WatchOrder& order, const IngestOptions& options, const WatchSink& sink,
             ScanControl& control) {
  return Watching(archive, order, options, sink).run(control);
}

}  // namespace chartscan::pipeline
