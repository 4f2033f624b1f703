// The process's own side: engines made once, then one page after the other, until the runner is gone. It has the socket and what
// it inherits of the environment, and gives up what it does not need: new privileges, core files (they would hold patients' pages), memory
// beyond its limit.
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>

#include "core/worker_process.h"
#include "pipeline/worker/remote_bytes.h"
#include "storage/codec.h"

namespace chartscan::pipeline {
namespace {

using namespace worker;

constexpr std::size_t kWorthTrimming = 150'000'000;  // bytes free in the heap: they are given back between pages

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;  // shadow memory counts, and there is no end of it
#else
constexpr bool kLimitsMemory = true;
#endif

void limit(__rlimit_resource what, rlim_t most) {
  const rlimit both{most, most};
  (void)::setrlimit(what, &both);
}

// Ctrl-C goes to the whole group on a terminal: what happens to the page then is the runner's to say.
void give_up_privileges() {
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
}

void obey(const WorkOrders& orders) {
  if (kLimitsMemory) limit(RLIMIT_DATA, static_cast<rlim_t>(orders.page.megabytes) * 1'000'000);
  if (orders.nice > 0) (void)::setpriority(PRIO_PROCESS, 0, orders.nice);
  if (!orders.scratch.empty()) ::setenv("TMPDIR", orders.scratch.c_str(), 1);
}

class Server {
 public:
  Server(int socket, BenchMaker make_bench) : channel_(socket), make_bench_(make_bench) {}

  void serve() {
    while (receive()) {
      const bool goes_on = message_.type == MessageType::Orders ? prepare() : message_.type == MessageType::Work && work();
      if (!goes_on) return;
      if (::mallinfo2().fordblks > kWorthTrimming) ::malloc_trim(0);
    }
  }

 private:
  bool receive() {
    Channel::Got got = Channel::Got::NotYet;
    while (got == Channel::Got::NotYet) got = channel_.receive(message_, std::chrono::hours(1));
    return got == Channel::Got::Whole;
  }

  bool fail(const Error& error) { return channel_.send(MessageType::Failure, wire::written(error)); }

  bool prepare() {
    auto orders = wire::read<WorkOrders>(message_.payload);
    if (!orders) return false;
    obey(*orders);
    orders_ = std::move(*orders);
    auto bench = make_bench_(orders_.stages);
    if (!bench) return fail(bench.error());
    bench_.emplace(std::move(*bench));
    return channel_.send(MessageType::Ready);
  }

  bool work() {
    const auto request = wire::read<WorkRequest>(message_.payload);
    if (!request || !bench_) return false;
    const auto page = storage::decode_page(request->page);
    if (!page) return fail(page.error());
    RemoteBytes remote(channel_, request->size, request->has_path);
    std::string at;
    const WorkPlan plan{request->leave_out, [&](const char* stage) {
                          at = stage;
                          (void)channel_.send(MessageType::StageBegins, as_bytes(at));
                        }};
    try {
      const auto done = work_page(*page, remote.reader(), *bench_, orders_.stages, orders_.decode, plan);
      if (!done) return fail(done.error());
      return (done->picture.empty() || channel_.send(MessageType::PictureIs, done->picture)) &&
             channel_.send(MessageType::PageIs, as_bytes(storage::encode(done->page))) &&
             channel_.send(MessageType::TextIs, as_bytes(storage::encode(done->text)));
    } catch (const std::bad_alloc&) {
      return lose({Loss::How::TooMuchMemory, at, "it needs more than " + std::to_string(orders_.page.megabytes) + " MB of memory"});
    } catch (const std::exception& fault) {
      return lose({Loss::How::LibraryFailed, at, std::string("a library failed: ") + fault.what()});
    }
  }

  bool lose(const Loss& loss) { return channel_.send(MessageType::Lost, wire::written(loss)); }

  Channel channel_;
  BenchMaker make_bench_;
  WorkOrders orders_;
  std::optional<Workbench> bench_;
  Message message_;
};

}  // namespace

int run_page_worker(int socket, BenchMaker make_bench) {
  give_up_privileges();
  leave_with_supervisor(socket, std::chrono::milliseconds(0));
  Server(socket, make_bench).serve();
  return 0;
}

}  // namespace chartscan::pipeline
