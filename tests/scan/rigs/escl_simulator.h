// A network scanner that speaks eSCL (AirScan), over a tray as the virtual feeder's (docs/virtual-feeder.md), with its
// faults as such scanners tell them. Listens on a loopback port of its own; sane-airscan is its client.
//
//   jam, cover, double   the state of the feeder says so, NextDocument is refused with 409 (jam 503: with that)
//   ioerr                the connection is cut in mid-image
//   grey                 the JPEG is cut, its length is consistent
//   busy SECONDS         503 for so long
//   hang SECONDS         no answer for so long
//   nodocs               "no more pages" although the tray is loaded: what AirSane makes of a busy device
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/scan/rigs/environment.h"

namespace chartscan::testing {

enum class EsclFormat { Jpeg, Png };

class EsclSimulator {
 public:
  EsclSimulator(const SaneWorld& client, EsclFormat format);  // and tells the client's airscan of it
  ~EsclSimulator();
  EsclSimulator(const EsclSimulator&) = delete;
  EsclSimulator& operator=(const EsclSimulator&) = delete;

  std::string device() const;
  int sides_served() const;  // images given away, taken or not

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace chartscan::testing
