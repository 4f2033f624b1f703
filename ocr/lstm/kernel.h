// The instructions the forward pass is computed with. All kernels give the same bits for the same lines, so that a page reads the
// same on every machine; they differ in speed alone.
#pragma once

#include <vector>

namespace chartscan::ocr::lstm {

enum class Kernel { Plain, Avx2, Vnni, Amx };

const char* name(Kernel kernel);
bool available(Kernel kernel);            // on this processor, under this system
std::vector<Kernel> available_kernels();  // slowest first
Kernel best_kernel();                     // the last of them

}  // namespace chartscan::ocr::lstm
