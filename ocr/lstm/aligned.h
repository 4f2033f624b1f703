// Vectors that begin at a cache line, so that a row of 64 bytes is one line and not parts of two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace chartscan::ocr::lstm {

inline constexpr std::size_t kCacheLine = 64;

template <typename T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <typename U>
  LineAllocator(const LineAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kCacheLine})); }
  void deallocate(T* at, std::size_t) { ::operator delete (at, std::align_val_t{kCacheLine}); }
  bool operator==(const LineAllocator&) const = default;
};

template <typename T>
using AlignedVector = std::vector<T, LineAllocator<T>>;

}  // namespace chartscan::ocr::lstm
