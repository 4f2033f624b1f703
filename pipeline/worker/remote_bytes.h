// The original's bytes as the worker's process sees them: asked for over the channel, a block at a time, the last few blocks kept,
// since decoders read in small pieces and go back. One thread, that of the channel.
#pragma once

#include <array>

#include "core/byte_reader.h"
#include "pipeline/worker/messages.h"

namespace chartscan::pipeline::worker {

class RemoteBytes {
 public:
  RemoteBytes(Channel& channel, std::uint64_t size, bool has_path) : channel_(channel), size_(size), has_path_(has_path) {}

  ByteReader reader();  // this object must outlive it

 private:
  static constexpr std::uint32_t kBlock = 256 << 10;
  static constexpr std::size_t kBlocks = 4;
  struct Block {
    std::uint64_t number = ~std::uint64_t{0};
    std::uint64_t used = 0;  // the higher, the later
    wire::Bytes bytes;
  };

  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out);
  Result<const Block*> block(std::uint64_t number);
  Result<std::filesystem::path> path();
  Result<Message> ask(const Message& question, MessageType answer);

  Channel& channel_;
  std::uint64_t size_;
  bool has_path_;
  std::array<Block, kBlocks> blocks_;
  std::uint64_t uses_ = 0;
};

}  // namespace chartscan::pipeline::worker
