// A .traineddata file taken apart: a table of offsets followed by the components' bytes. Nothing of a component is understood
// here; network.h reads `Network`, charset.h and dictionary.h read the others.
//
//   int32 n | int64 offset[n], -1 = absent | bytes; a component ends where the next present one begins, the last with the file.
//
// Little-endian files only, which is all that is published. Format: Tesseract 5.3, src/ccutil/tessdatamanager.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::ocr::lstm {

// Places in the table of offsets. The components between, of the older recogniser, are passed over.
enum class Part {
  Config = 0,
  Network = 17,
  Punctuation = 18,  // dictionaries, as word graphs
  Words = 19,
  Numbers = 20,
  Unicharset = 21,
  Recoder = 22,
  Version = 23,
};

struct ModelParts {
  std::array<std::vector<std::uint8_t>, 24> bytes;  // empty = absent

  bool has(Part part) const { return !at(part).empty(); }
  std::span<const std::uint8_t> at(Part part) const { return bytes[static_cast<std::size_t>(part)]; }
};

Result<ModelParts> read_container(std::span<const std::uint8_t> file);

// Where Tesseract would look: TESSDATA_PREFIX, else Debian's folder. `language` is one name, "eng" or "script/Latin".
Result<std::filesystem::path> model_file(const std::string& language);
Result<ModelParts> load_model(const std::string& language);

}  // namespace chartscan::ocr::lstm
