// Commands that write, while a server has the archive: they run in the server, and what comes of them is what would have come without it.
#include <catch2/catch.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/e2e/archive_of_samples.h"

using namespace chartscan::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// `chartscan serve` on an archive, ended as an administrator ends it, or as the power does.
class RunningServer {
 public:
  RunningServer(const std::string& archive) : socket_(fs::path(archive) / "control.sock") {
    const std::string program = (fs::path(CHARTSCAN_BINARY_DIR) / "chartscan").string();
    fs::remove(socket_);  // of a server that was killed: its being there says nothing
    pid_ = fork();
    if (pid_ == 0) {
      if (!std::freopen("/dev/null", "w", stderr)) _exit(126);
      execl(program.c_str(), "chartscan", "serve", "--listen", "127.0.0.1:0", "--archive", archive.c_str(), nullptr);
      _exit(127);
    }
    for (int i = 0; i < 200 && !fs::exists(socket_); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    REQUIRE(fs::exists(socket_));
  }
  ~RunningServer() { end(SIGTERM); }
  int end(int signal) {
    if (pid_ <= 0) return 0;
    kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

 private:
  const fs::path socket_;
  pid_t pid_ = -1;
};

// What an archive holds, without what names the moment or the way the files were given.
std::string holds(const Program& program, const std::string& archive) { return program.run({"export", "pages", "--archive", archive}).out; }

}  // namespace

TEST_CASE("ingest and review through a running server leave the archive that they leave without one", "[e2e][served]") {
  const TempFolder folder("served");
  const Program program = chartscan_program();
  const std::string alone = (folder / "alone").string(), served = (folder / "served").string();
  const std::string batch = (kSamples / "batch-0003.tif").string(), patients = (kSamples / "patients.csv").string();
  REQUIRE(program.run({"patients", "import", patients, "--archive", alone}).exit_code == 0);
  const Outcome local = program.run({"ingest", batch, "--archive", alone});

  RunningServer server(served);
  const Outcome imported = program.run({"patients", "import", patients, "--archive", served});
  CHECK(imported.exit_code == 0);
  CHECK(imported.out.find("60 patients added") != std::string::npos);
  const Outcome remote = program.run({"ingest", batch, "--archive", served});
  CHECK(remote.exit_code == local.exit_code);
  CHECK(remote.out == local.out);
  CHECK((holds(program, served) == holds(program, alone)));

  const json next = json::parse(program.run({"review", "next", "--json", "--archive", served}).out);
  const std::string document = next["id"];
  const std::string patient = next["link"]["mrn"].is_null() ? "4051873" : next["link"]["mrn"].get<std::string>();
  for (const std::string& archive : {alone, served}) {
    const Outcome decided = program.run({"review", "correct", document, "--patient", patient, "--type", "progress_note", "--operator", "ann", "--archive", archive});
    CHECK(decided.exit_code == 0);
  }
  CHECK((holds(program, served) == holds(program, alone)));
  CHECK(program.run({"batch", "release", "B00000099", "--archive", served}).exit_code == 3);  // its errors come back, too
  CHECK(program.run({"serve", "--archive", served}).exit_code == 5);
  CHECK(WIFEXITED(server.end(SIGTERM)));
  CHECK(program.run({"verify", "--archive", served}).exit_code == 0);
}

TEST_CASE("a server that is killed while it reads loses nothing: the next one goes on by itself", "[e2e][served][crash]") {
  const TempFolder folder("served-crash");
  const Program program = chartscan_program();
  const std::string alone = (folder / "alone").string(), served = (folder / "served").string();
  const std::string batch = (kSamples / "batch-0001.tif").string();
  program.run({"ingest", batch, "--archive", alone});
  {
    RunningServer server(served);
    std::thread ingesting([&] { CHECK(program.run({"ingest", batch, "--archive", served}).exit_code != 0); });
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    CHECK(WIFSIGNALED(server.end(SIGKILL)));
    ingesting.join();
  }
  RunningServer again(served);
  program.run({"ingest", batch, "--archive", served});  // goes on where intake was cut, and waits for the reading
  CHECK((holds(program, served) == holds(program, alone)));
  CHECK(WIFEXITED(again.end(SIGTERM)));
  CHECK(program.run({"verify", "--archive", served}).exit_code == 0);
}
