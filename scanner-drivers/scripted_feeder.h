// A feeder for tests: delivers what it was told, in that order, then the end for ever.
#pragma once

#include <string>
#include <vector>

#include "scanner-drivers/feeder.h"

namespace chartscan::scan {

class ScriptedFeeder : public Feeder {
 public:
  ScriptedFeeder(std::string name, std::vector<Result<Fed>> script);

  std::string name() const override { return name_; }
  std::string source() const override { return "script:" + name_; }
  Result<Fed> next() override;

  std::size_t asked() const { return asked_; }  // calls of next(): shows that nothing is fed ahead of need

 private:
  std::string name_;
  std::vector<Result<Fed>> script_;
  std::size_t asked_ = 0;
};

}  // namespace chartscan::scan
