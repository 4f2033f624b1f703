// How much memory the C library keeps for threads that come and go.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <thread>

namespace chartscan {

// glibc makes up to eight arenas a core, each of which keeps what it once held: a bulk writer's memory was a fifth larger for it. One
// a core is as fast. To be called before there are threads.
inline void keep_one_arena_a_core() { ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(2u, std::thread::hardware_concurrency()))); }

}  // namespace chartscan
