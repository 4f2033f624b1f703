// Adding a driver: its folder, and a line here. docs/adding-a-driver.md tells the rest.
#include "scanner-drivers/driver.h"
#include "scanner-drivers/sane/sane_driver.h"
#include "scanner-drivers/twain/twain_driver.h"

namespace chartscan::scan {

std::vector<std::unique_ptr<Driver>> all_drivers() {
  std::vector<std::unique_ptr<Driver>> drivers;
  drivers.push_back(make_sane_driver());
  drivers.push_back(make_twain_driver());
  return drivers;
}

}  // namespace chartscan::scan
