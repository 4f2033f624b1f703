// What carries pages through the stages for one of the runner's threads, one at a time: a process of its own, which may crash,
// hang or eat memory without taking us along, or, for tests and benches, this very process.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/page_work.h"

namespace chartscan::pipeline {

// Why a page did not come back, and what was being done to it.
struct Loss {
  enum class How { Crashed, EndedFromOutside, TooLong, TooMuchMemory, LibraryFailed } how = How::Crashed;
  std::string stage;  // "" = it was being decoded
  std::string words;  // for a person: what happened
};

struct Attempt {
  Attempt(PageWork done) : work(std::move(done)) {}
  Attempt(Loss lost) : loss(std::move(lost)) {}
  std::optional<PageWork> work;
  Loss loss;  // where there is no work
};

class PageWorker {
 public:
  virtual ~PageWorker() = default;
  // Waits until it can work. An error is ours (a missing model, no process to be had), never a page's.
  virtual Status ready() = 0;
  // An error is our own storage's or configuration's, and Cancelled once work was stopped.
  virtual Result<Attempt> attempt(const Page& page, const ByteReader& bytes, const std::vector<std::string>& leave_out) = 0;
};

struct WorkOrders {
  StageSettings stages;
  imaging::DecodeLimits decode;
  PageLimits page;
  int nice = 0;         // 1..19: gives way to whatever feeds paper
  std::string scratch;  // folder for temporary files; "" = the system's
};

// The page whatever happens: what is lost on the way is tried again without the stage that lost it, and the page is flagged;
// only what cannot be had as an image comes back as Rejected, by name.
Result<PageWork> carry(PageWorker& worker, const Page& page, const ByteReader& bytes);

// In this process: nothing of the limits but those of the engines.
std::unique_ptr<PageWorker> make_local_worker(const WorkOrders& orders);

// A process of its own, started by `command` with "--fd N" behind it, and anew whenever it was lost. Gives up the page in work
// within a moment once `stopped` is true, which must outlive the worker.
std::unique_ptr<PageWorker> make_process_worker(const WorkOrders& orders, const std::vector<std::string>& command, const std::atomic<bool>& stopped);

// The process's own side: what the hidden verb of the program runs. Returns the exit code.
using BenchMaker = Result<Workbench> (*)(const StageSettings&);
int run_page_worker(int socket, BenchMaker make_bench = make_workbench);

}  // namespace chartscan::pipeline
