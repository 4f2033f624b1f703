// Is a side the same sheet as another one? Pure. The pictures are compared first, so that the words need to be loaded for few pairs
// only.
#pragma once

#include "core/page.h"

namespace chartscan::charts {

bool looks_like(const Page& page, const Page& earlier);  // fingerprints near, and nothing printed on them differs
bool says_the_same(const Page& page, const PageText& text, const Page& earlier, const PageText& earlier_text);

}  // namespace chartscan::charts
