#include "ocr/lstm/container.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace chartscan::ocr::lstm {
namespace {

constexpr const char* kDebianModels = "/usr/share/tesseract-ocr/5/tessdata";
constexpr std::uintmax_t kMostBytes = 512u << 20;  // the largest published model has about 100 MB
constexpr std::int32_t kMostComponents = 1000;     // what Tesseract itself allows

Error refused(const std::string& why) { return {ErrorCode::InputRefused, "this is no model of Tesseract 4 or 5: " + why, {}}; }

template <typename T>
T value_at(std::span<const std::uint8_t> file, std::size_t offset) {
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

// A name of a file below the folder of models, and nothing that leads out of it.
bool is_model_name(const std::string& language) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
  };
  return !language.empty() && language.front() != '/' && std::all_of(language.begin(), language.end(), plain);
}

}  // namespace

Result<ModelParts> read_container(std::span<const std::uint8_t> file) {
  if (file.size() < sizeof(std::int32_t)) return refused("the file is too short for a table of components");
  const auto count = value_at<std::int32_t>(file, 0);
  if (count <= 0 || count > kMostComponents) return refused("its table names " + std::to_string(count) + " components");
  const std::size_t data = sizeof(std::int32_t) + static_cast<std::size_t>(count) * sizeof(std::int64_t);
  if (file.size() < data) return refused("the file ends within its table of components");

  ModelParts parts;
  auto end = static_cast<std::int64_t>(file.size());
  for (std::int32_t index = count - 1; index >= 0; --index) {
    const auto offset =
        value_at<std::int64_t>(file, sizeof(std::int32_t) + static_cast<std::size_t>(index) * sizeof(std::int64_t));
    if (offset == -1) continue;
    if (offset < static_cast<std::int64_t>(data) || offset > end)
      return refused("component " + std::to_string(index) + " begins outside the file or after its successor");
    if (static_cast<std::size_t>(index) < parts.bytes.size())
      parts.bytes[static_cast<std::size_t>(index)].assign(file.begin() + offset, file.begin() + end);
    end = offset;
  }
  return parts;
}

Result<std::filesystem::path> model_file(const std::string& language) {
  if (!is_model_name(language))
    return Error{ErrorCode::Configuration, "\"" + language + "\" is no name of a model; use one like \"eng\"", {}};
  const char* prefix = std::getenv("TESSDATA_PREFIX");
  const std::filesystem::path folder = prefix && *prefix ? prefix : kDebianModels;
  return folder / (language + ".traineddata");
}

Result<ModelParts> load_model(const std::string& language) {
  TRY(const std::filesystem::path path, model_file(language));
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  if (failed)
    return Error{ErrorCode::Configuration,
                 "the model " + path.string() + " cannot be read; install the package tesseract-ocr-" + language,
                 {}};
  if (size > kMostBytes) return Error{ErrorCode::InputTooLarge, "the model " + path.string() + " is larger than 512 MB", {}};
  std::vector<std::uint8_t> file(size);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(file.data()), static_cast<std::streamsize>(size)))
    return Error{ErrorCode::InputUnreadable, "the model " + path.string() + " cannot be read to its end", {}};
  TRY(ModelParts parts, read_container(file), path.string());
  return parts;
}

}  // namespace chartscan::ocr::lstm
