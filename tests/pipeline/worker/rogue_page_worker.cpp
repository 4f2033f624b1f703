// A page worker as a hostile page may turn it into: its engine does what the first argument says to pages that lie across, and
// reads all others as saying "read". With a second argument, a file's name, it does so only until that file is there.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "pipeline/page_worker.h"

using namespace chartscan;

namespace {

std::string how, marker;

void misbehave() {
  if (!marker.empty()) {
    if (std::ifstream(marker)) return;
    std::ofstream(marker) << "once";
  }
  if (how == "crash") ::raise(SIGSEGV);
  if (how == "killed") ::raise(SIGKILL);
  if (how == "exit") ::_exit(7);
  if (how == "sleep") for (;;) ::pause();
  if (how == "spin") for (volatile bool for_ever = true; for_ever;) {}
  if (how == "nonsense") {
    const std::vector<unsigned char> rubbish(100, 0xff);
    if (::write(3, rubbish.data(), rubbish.size()) < 0) ::_exit(1);
  }
  if (how == "throw") throw std::runtime_error("something in a library");
  if (how == "eat")
    for (std::vector<std::string> eaten;;) eaten.emplace_back(10'000'000, 'x');
}

class RogueEngine final : public ocr::Engine {
 public:
  std::string name() const override { return "rogue"; }
  Result<ocr::Reading> read(const imaging::Image& gray, int) override {
    if (gray.width > gray.height) misbehave();
    PageText text;
    for (int i = 0; i < 12; ++i) text.words.push_back({"read", {100 * i, 100, 100 * i + 80, 130}, 0.9, 0});
    return ocr::Reading{text, false};
  }
};

Result<pipeline::Workbench> rogue_bench(const pipeline::StageSettings&) {
  if (how == "no-model") return Error{ErrorCode::EngineFailed, "there is no model for this language", {}};
  pipeline::Workbench bench;
  bench.engine = std::make_unique<RogueEngine>();
  return bench;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  how = argv[1];
  if (argc > 4) marker = argv[2];
  return pipeline::run_page_worker(std::atoi(argv[argc - 1]), rogue_bench);
}
