#include "pipeline/scan.h"

#include <thread>

#include "pipeline/reading.h"

namespace chartscan::pipeline {

void ScanControl::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (stop_) stop_();
}

void ScanControl::on_stop(std::function<void()> stop) {
  const std::lock_guard lock(mutex_);
  stop_ = std::move(stop);
  if (stopped_ && stop_) stop_();
}

class ScanSession {
 public:
  ScanSession(storage::Archive& archive, const OpenFeeder& open, const ScanOrder& order, const IngestOptions& options,
              const ProgressSink& progress)
      : archive_(archive),
        open_(open),
        order_(order),
        sink_([this, &progress](const Progress& now) {
          feeding_seconds_ = now.feeding_seconds;
          if (progress) progress(now);
        }),
        meter_(sink_),
        reading_(archive, options, clock_, meter_),
        intake_(archive, options, clock_, [this](const Page& page) { stored(page); }) {}

  Result<ScanReport> run(ScanControl& control) {
    control.on_stop([this] { reading_.stop(); });
    Result<ScanReport> report = order_.read ? feed_and_read() : feed_only();
    control.on_stop({});
    return report;
  }

 private:
  void stored(const Page& page) {
    ++sides_;
    if (order_.read) {
      reading_.stored(page);
      return;
    }
    meter_.add(1, 0, 0);
    meter_.found(page);
  }

  Result<Batch> feed() {
    std::optional<ScanIntake::Resumption> resumption;
    FeedStart from;
    if (order_.resume) {
      TRY(resumption, intake_.resume(*order_.resume, order_.operator_name, order_.expected_sheets));
      from = {resumption->point.sheet, resumption->point.attempt, &resumption->batch};
    }
    TRY(const std::unique_ptr<scan::Feeder> feeder, open_(from));
    meter_.feeding(true);
    auto batch = resumption ? intake_.feed_resumed(*feeder, std::move(*resumption)) : intake_.feed_new(*feeder, order_.wish);
    meter_.feeding(false);
    return batch;
  }

  Result<ScanReport> feed_only() {
    TRY(Batch batch, feed());
    return report_of(std::move(batch), true);
  }

  // After a fault the operator should not wait for recognition: what is unread stays for the resumed run.
  Result<ScanReport> feed_and_read() {
    TRY_STATUS(reading_.load_backlog());
    std::optional<Result<Batch>> fed;
    std::thread feeding([&] {
      fed = feed();
      Status noted;
      if (*fed && (*fed)->state == BatchState::Fed) noted = reading_.fed((*fed)->id);
      if (!noted) fed = std::move(noted).error();
      if (*fed && (*fed)->state == BatchState::Fed)
        reading_.finish();
      else
        reading_.stop();
    });
    Status read = reading_.run();
    feeding.join();
    TRY(Batch batch, std::move(*fed));
    TRY_STATUS(std::move(read));
    TRY(const storage::Records records, archive_.read());
    TRY(std::optional<Batch> now, records.batch(batch.id));
    if (now) batch = std::move(*now);
    const bool left = batch.state != BatchState::Closed;
    return report_of(std::move(batch), left);
  }

  ScanReport report_of(Batch batch, bool left_unread) const {
    return {std::move(batch), sides_, feeding_seconds_, meter_.processed(), left_unread};
  }

  storage::Archive& archive_;
  const OpenFeeder& open_;
  const ScanOrder& order_;
  SystemClock clock_;
  double feeding_seconds_ = 0;  // written under the meter's lock
  const ProgressSink sink_;
  Meter meter_;
  Reading reading_;
  ScanIntake intake_;
  int sides_ = 0;  // the feeding thread's
};

Result<ScanReport> scan_batch(storage::Archive& archive, const OpenFeeder& open, const ScanOrder& order,
                              const IngestOptions& options, const ProgressSink& progress, ScanControl& control) {
  return ScanSession(archive, open, order, options, progress).run(control);
}

}  // namespace chartscan::pipeline
