// Ctrl-C and SIGTERM as a wish to end well: what arrived stays, what is in work is finished. A second one ends at once; that,
// too, loses nothing that is durable.
#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace chartscan::app::cli {

class Ending {
 public:
  // Before any other thread is started, so that all of them leave the signals to us. `wished` is called from a thread of its own.
  explicit Ending(std::function<void()> wished);
  ~Ending();
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

 private:
  std::function<void()> wished_;
  std::thread waiting_;
};

}  // namespace chartscan::app::cli
