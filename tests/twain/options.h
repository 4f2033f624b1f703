// How the fake source behaves: environment variable CHARTSCAN_FAKE_TWAIN_OPTIONS, "key=value;key=value", read afresh
// whenever it is opened. The tray is CHARTSCAN_FAKE_TWAIN_TRAY. Keys, with the values they take (first: default):
//   mechanisms=native,memory,file   which it offers           count=known|unknown|blind   unknown: 0xffff while there is more;
//   messages=callback|callback1|event|deaf                                                blind: 0xffff to the bitter end
//   ready=inside|thread|late        inside ENABLEDS, from another thread, or two seconds after
//   loaded=honest|yes|no|none       its paper sensor          empty=nomedia|wait          ENABLEDS with an empty tray
//   unsupported=1013,1118           capabilities, in hex      round=0|1                   other resolutions: nearest, CHECKSTATUS
//   pad=0                           bytes more a row          rows=64                     rows a piece of memory transfer
//   flavor=chocolate|vanilla        bitorder=msb|lsb          resolutions=list|range
//   native=tiff|tiff-mm|dib         pageside=0|1              patch=                      a patch code number on every side
//   fault-at=transfer|start         start: ENABLEDS, or the ENDXFER before               online=1|0
//   close=0|1                       asks to be closed instead of sending an image         drop-backs=0|1  with pageside=1
//   tiles, backwards, greedy, narrow, overlong, endless = 1     memory pieces that lie    tray-dpi=100    of the images
//   autoscan=0|1                    can scan ahead
#pragma once

#include <cstdlib>
#include <map>
#include <string>

namespace chartscan::fake_twain {

class Options {
 public:
  Options() {
    const char* const text = std::getenv("CHARTSCAN_FAKE_TWAIN_OPTIONS");
    std::string rest = text ? text : "";
    while (!rest.empty()) {
      const std::string item = rest.substr(0, rest.find(';'));
      rest.erase(0, item.size() + 1);
      if (const auto at = item.find('='); at != std::string::npos) values_[item.substr(0, at)] = item.substr(at + 1);
    }
  }
  std::string text(const std::string& key, const std::string& otherwise = "") const {
    const auto found = values_.find(key);
    return found == values_.end() ? otherwise : found->second;
  }
  bool is(const std::string& key, const std::string& value) const { return text(key) == value; }
  bool on(const std::string& key) const { return is(key, "1"); }
  int number(const std::string& key, int otherwise) const {
    const auto found = values_.find(key);
    return found == values_.end() || found->second.empty() ? otherwise : std::atoi(found->second.c_str());
  }

 private:
  std::map<std::string, std::string> values_;
};

inline std::string tray_folder() {
  const char* const folder = std::getenv("CHARTSCAN_FAKE_TWAIN_TRAY");
  return folder ? folder : "";
}

// Writes down what an application must not do; tests fail when the file is there.
void complain(const std::string& what);

}  // namespace chartscan::fake_twain
