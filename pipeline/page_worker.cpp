#include "pipeline/page_worker.h"

#include <algorithm>
#include <exception>
#include <optional>

namespace chartscan::pipeline {
namespace {

constexpr int kAgainAfterOutside = 2;  // ended by somebody or by the system for want of memory: says little about the page

const char* doing(const std::string& stage) {
  static constexpr std::pair<const char*, const char*> kWords[]{
      {"", "decoding it"}, {"clean", "measuring and straightening it"}, {"marks", "looking for barcodes"}, {"read", "reading it"}};
  for (const auto& [name, words] : kWords)
    if (stage == name) return words;
  return "working on it";
}

void flag(Page& page, const Loss& loss) {
  if (loss.stage == "picture") return;  // screens make it when they need it
  const bool reading = loss.stage == "read";
  const char* code = finding::kReaderCrashed;
  if (loss.how == Loss::How::TooLong) code = reading ? finding::kOcrTimeout : finding::kPageTooHeavy;
  if (loss.how == Loss::How::TooMuchMemory) code = finding::kPageTooHeavy;
  page.findings.push_back({code, std::string(doing(loss.stage)) + " was left out: " + loss.words});
}

// Without the image nothing of the page can be kept but its original.
bool can_be_left_out(const std::string& stage) {
  const auto found = std::ranges::find(stage_list(), stage, [](const Stage& known) { return std::string(known.name); });
  return found != stage_list().end() && found->can_be_left_out;
}

class LocalWorker final : public PageWorker {
 public:
  explicit LocalWorker(WorkOrders orders) : orders_(std::move(orders)) {}

  Status ready() override {
    if (bench_) return {};
    TRY(Workbench bench, make_workbench(orders_.stages));
    bench_.emplace(std::move(bench));
    return {};
  }

  Result<Attempt> attempt(const Page& page, const ByteReader& bytes, const std::vector<std::string>& leave_out) override {
    TRY_STATUS(ready());
    std::string at;
    const WorkPlan plan{leave_out, [&](const char* stage) { at = stage; }};
    try {
      TRY(PageWork work, work_page(page, bytes, *bench_, orders_.stages, orders_.decode, plan));
      return Attempt(std::move(work));
    } catch (const std::bad_alloc&) {
      return Attempt(Loss{Loss::How::TooMuchMemory, at, "there was not enough memory"});
    } catch (const std::exception& fault) {
      return Attempt(Loss{Loss::How::LibraryFailed, at, std::string("a library failed: ") + fault.what()});
    }
  }

 private:
  WorkOrders orders_;
  std::optional<Workbench> bench_;
};

}  // namespace

Result<PageWork> carry(PageWorker& worker, const Page& page, const ByteReader& bytes) {
  std::vector<Loss> losses;
  std::vector<std::string> leave_out;
  int from_outside = 0;
  for (;;) {
    TRY(Attempt attempt, worker.attempt(page, bytes, leave_out));
    if (attempt.work) {
      for (const Loss& loss : losses) flag(attempt.work->page, loss);
      return std::move(*attempt.work);
    }
    Loss& loss = attempt.loss;
    if (loss.how == Loss::How::EndedFromOutside && from_outside++ < kAgainAfterOutside) continue;
    // What was left out cannot fail again: each round leaves out one more.
    if (!can_be_left_out(loss.stage))
      return rejected(page, std::string(doing(loss.stage)) + " failed: " + loss.words + "; it is kept as it came, look at it and scan it again");
    leave_out.push_back(loss.stage);
    losses.push_back(std::move(loss));
  }
}

std::unique_ptr<PageWorker> make_local_worker(const WorkOrders& orders) { return std::make_unique<LocalWorker>(orders); }

}  // namespace chartscan::pipeline
