// Kinds of pages a chart holds, drawn with chance: what a reader of marks must not be fooled by, and what is not blank.
#pragma once

#include "tests/support/paper.h"
#include "tests/support/random.h"

namespace chartscan::testing {

struct PageKind {
  const char* name;
  void (*draw)(Paper& paper, Random& random);
};

inline constexpr int kPageKinds = 16;
inline constexpr int kPageKindsWithoutBarcode = 13;  // those come first
const PageKind& page_kind(int number);

inline constexpr int kSparseKinds = 9;  // pages with one small thing on them
const PageKind& sparse_kind(int number);

}  // namespace chartscan::testing
