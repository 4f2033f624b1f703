#include "pipeline/worker/remote_bytes.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace chartscan::pipeline::worker {

ByteReader RemoteBytes::reader() {
  ByteReader reader;
  reader.size = size_;
  reader.read = [this](std::uint64_t offset, std::span<std::uint8_t> out) { return read(offset, out); };
  if (has_path_) reader.path = [this] { return path(); };
  return reader;
}

Result<Message> RemoteBytes::ask(const Message& question, MessageType answer) {
  Message message;
  if (channel_.send(question)) {
    Channel::Got got = Channel::Got::NotYet;
    while (got == Channel::Got::NotYet) got = channel_.receive(message, std::chrono::hours(1));
    if (got == Channel::Got::Whole && message.type == answer) return message;
  }
  return Error{ErrorCode::Storage, "the bytes of the page's original were not to be had: what reads them is gone", {}};
}

Result<const RemoteBytes::Block*> RemoteBytes::block(std::uint64_t number) {
  Block* oldest = &blocks_.front();
  for (Block& block : blocks_) {
    if (block.number == number) {
      block.used = ++uses_;
      return &block;
    }
    if (block.used < oldest->used) oldest = &block;
  }
  const std::uint64_t offset = number * kBlock;
  const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(kBlock, size_ - offset));
  TRY(Message answer, ask({MessageType::Read, wire::written(ReadRequest{offset, size})}, MessageType::Bytes));
  oldest->number = number;
  oldest->used = ++uses_;
  oldest->bytes = std::move(answer.payload);
  return oldest;
}

Result<std::size_t> RemoteBytes::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size() && offset < size_) {
    TRY(const Block* from, block(offset / kBlock));
    const std::size_t skip = offset % kBlock;
    if (from->bytes.size() <= skip) break;  // less is there than was said
    const std::size_t part = std::min(out.size() - done, from->bytes.size() - skip);
    std::memcpy(out.data() + done, from->bytes.data() + skip, part);
    done += part;
    offset += part;
  }
  return done;
}

Result<std::filesystem::path> RemoteBytes::path() {
  TRY(const Message answer, ask({MessageType::WantPath, {}}, MessageType::PathIs));
  return std::filesystem::path(as_text(answer.payload));
}

}  // namespace chartscan::pipeline::worker
