// Files that come in over the network in pieces and are kept in the archive's folder `uploads` until they are whole: taken in as a batch,
// or imported. A piece says where it belongs, so one that is sent again changes nothing, and whoever lost the line asks how far it
// came and goes on. Until it is handed over an upload ends with the server; from then on it is on the disk with its order, and a server
// that was ended in between finds it again. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::app {

struct UploadLimits {
  std::uint64_t most_bytes = 20'000'000'000;  // of one upload
  int most_files = 5'000;                     // of one upload
  int most_open = 20;                         // of one user
  std::uint64_t leave_free = 500'000'000;     // of the disk
  std::int64_t idle_seconds = 3600;           // nobody sent anything for so long: it is given up when room is needed
};

struct UploadedFile {
  std::string name;
  std::uint64_t bytes = 0;
};

// "upload-" and a word that stands for the names and bytes of the files in a folder: the same files sent again are known by it.
Result<std::string> name_of_content(const std::filesystem::path& folder);

class UploadRoom {
 public:
  UploadRoom(std::filesystem::path folder, UploadLimits limits);  // what was not handed over is removed

  Result<std::string> begin(const std::string& user, std::int64_t now);  // its id
  // Writes `bytes` at `offset`, which may not lie behind what is there. Returns how many bytes of the file there are now.
  Result<std::uint64_t> put(const std::string& user, const std::string& id, const std::string& name, std::uint64_t offset, std::string_view bytes,
                            std::int64_t now);
  Result<std::vector<UploadedFile>> files(const std::string& user, const std::string& id) const;
  Status drop(const std::string& user, const std::string& id);

  // Its files and what is to become of them, synced: nobody's to change from now on.
  struct HandedOver {
    std::string id;
    std::filesystem::path folder;  // of the files
    std::string order;             // as given to hand_over
  };
  Result<HandedOver> hand_over(const std::string& user, const std::string& id, const std::string& order);
  std::vector<HandedOver> handed_over() const;  // and not done yet: what an earlier server left as well
  static void done(const HandedOver& upload);   // removes it

 private:
  struct Upload {
    std::string user;
    std::map<std::string, std::uint64_t> bytes;  // by file
    std::uint64_t total = 0;
    std::int64_t used_at = 0;
  };
  Result<const Upload*> find(const std::string& user, const std::string& id) const;
  void give_up_idle(std::int64_t now);

  const std::filesystem::path folder_;
  const UploadLimits limits_;
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;                 // guarded by mutex_
  std::map<std::string, Upload> uploads_;  // guarded by mutex_: those not handed over
};

}  // namespace chartscan::app
