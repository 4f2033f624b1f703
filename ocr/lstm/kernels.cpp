#include "ocr/lstm/kernels.h"

#include "ocr/lstm/tables.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace chartscan::ocr::lstm {
namespace {

int rounded_up(int value, int step) { return (value + step - 1) / step * step; }

// Row `output` of the packed matrix is row `row` of `matrix`.
void put_row(PackedMatrix& packed, int output, const Matrix& matrix, int row) {
  const std::int8_t* weights = matrix.weights.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(matrix.inputs);
  const std::size_t in_group = packed.words.empty() ? 4 : 2;
  const std::size_t base =
      static_cast<std::size_t>(output / kLane) * packed.block + static_cast<std::size_t>(output % kLane) * in_group;
  std::int32_t sum = 0;
  for (std::size_t input = 0; input < static_cast<std::size_t>(matrix.inputs); ++input) {
    const std::size_t at = base + input / in_group * in_group * kLane + input % in_group;
    if (packed.words.empty())
      packed.bytes[at] = weights[input];
    else
      packed.words[at] = weights[input];
    sum += weights[input];
  }
  packed.bias[static_cast<std::size_t>(output)] = 127 * matrix.bias[static_cast<std::size_t>(row)] - kZeroLevel * sum;
  packed.scales[static_cast<std::size_t>(output)] = matrix.scales[static_cast<std::size_t>(row)];
}

PackedMatrix empty_matrix(int outputs, int inputs, const KernelSet& set) {
  PackedMatrix packed;
  packed.outputs = outputs;
  packed.inputs = rounded_up(inputs, set.group);
  packed.used = rounded_up(inputs, 4);
  packed.block = static_cast<std::size_t>(packed.inputs) * kLane;
  const std::size_t elements = packed.block * static_cast<std::size_t>(outputs / kLane);
  if (set.kernel == Kernel::Avx2)
    packed.words.resize(elements);
  else
    packed.bytes.resize(elements);
  packed.bias.resize(static_cast<std::size_t>(outputs));
  packed.scales.resize(static_cast<std::size_t>(outputs));
  return packed;
}

#if defined(__x86_64__)
// The tiles' state is large, so Linux hands it out on request only (Documentation/arch/x86/xstate.rst).
bool tiles_permitted() {
  constexpr int kRequestPermission = 0x1023, kTileData = 18;
  static const bool permitted = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return permitted;
}

bool has_tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kTile = 1u << 24, kInt8 = 1u << 25;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kTile) && (d & kInt8) && tiles_permitted();
}

bool has_vnni() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}
#endif

}  // namespace

const char* name(Kernel kernel) {
  switch (kernel) {
    case Kernel::Plain: return "plain";
    case Kernel::Avx2: return "avx2";
    case Kernel::Vnni: return "vnni";
    case Kernel::Amx: return "amx";
  }
  return "unknown";
}

bool available(Kernel kernel) {
#if defined(__x86_64__)
  switch (kernel) {
    case Kernel::Plain: return true;
    case Kernel::Avx2: return __builtin_cpu_supports("avx2");
    case Kernel::Vnni: return has_vnni();
    case Kernel::Amx: return has_vnni() && has_tiles();
  }
#endif
  return kernel == Kernel::Plain;
}

std::vector<Kernel> available_kernels() {
  std::vector<Kernel> kernels;
  for (const Kernel kernel : {Kernel::Plain, Kernel::Avx2, Kernel::Vnni, Kernel::Amx})
    if (available(kernel)) kernels.push_back(kernel);
  return kernels;
}

Kernel best_kernel() { return available_kernels().back(); }

const KernelSet& kernel_set(Kernel kernel) {
#if defined(__x86_64__)
  switch (kernel) {
    case Kernel::Plain: return kPlainKernels;
    case Kernel::Avx2: return kAvx2Kernels;
    case Kernel::Vnni: return kVnniKernels;
    case Kernel::Amx: return kAmxKernels;
  }
#endif
  return kPlainKernels;
}

PackedMatrix pack(const Matrix& matrix, const KernelSet& set) {
  PackedMatrix packed = empty_matrix(rounded_up(matrix.outputs, kLane), matrix.inputs, set);
  for (int row = 0; row < matrix.outputs; ++row) put_row(packed, row, matrix, row);
  return packed;
}

PackedMatrix pack_gates(const std::vector<Matrix>& gates, const KernelSet& set) {
  const int cells = rounded_up(gates.front().outputs, kLane);
  PackedMatrix packed = empty_matrix(4 * cells, gates.front().inputs, set);
  for (int gate = 0; gate < 4; ++gate)
    for (int cell = 0; cell < gates.front().outputs; ++cell)
      put_row(packed, (cell / kLane * 4 + gate) * kLane + cell % kLane, gates[static_cast<std::size_t>(gate)], cell);
  for (float& scale : packed.scales) scale *= kPointsPerUnit;
  return packed;
}

}  // namespace chartscan::ocr::lstm
