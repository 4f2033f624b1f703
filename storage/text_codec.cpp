// The words of a page in columns, each of which repeats itself and so compresses well. n words:
//
//   version (1), varint n
//   n varints   bytes in the word
//   n signed    line - line of the word before          (signed = zigzag varint; before the first word all are 0)
//   n signed    x0 - x1 of the word before
//   n signed    y0 - y0 of the word before
//   n signed    width
//   n signed    height - height of the word before
//   n bytes     confidence * 255
//   the words, joined
#include <array>
#include <cmath>
#include <limits>

#include "storage/bytes.h"
#include "storage/codec.h"

namespace chartscan::storage {
namespace {

constexpr char kTextVersion = 1;

using Wide = std::int64_t;
enum Column { kLine, kX0, kY0, kWidth, kHeight, kColumns };

// The numbers that the next word's differences are taken from.
struct Before {
  Wide line = 0, x1 = 0, y0 = 0, height = 0;
};

std::array<Wide, kColumns> differences(const Word& word, Before& before) {
  const Box& box = word.box;
  const Wide width = Wide{box.x1} - box.x0, height = Wide{box.y1} - box.y0;
  const std::array<Wide, kColumns> row{word.line - before.line, box.x0 - before.x1, box.y0 - before.y0, width, height - before.height};
  before = {word.line, box.x1, box.y0, height};
  return row;
}

// Damaged differences may be anything: no sum of two of these overflows, and no difference of two ints is larger.
constexpr Wide kFar = Wide{1} << 34;

bool fits(Wide value) { return value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max(); }

bool place(const std::array<Wide, kColumns>& row, Before& before, Word& word) {
  for (const Wide value : row)
    if (value > kFar || value < -kFar) return false;
  const Wide line = before.line + row[kLine], x0 = before.x1 + row[kX0], y0 = before.y0 + row[kY0];
  const Wide x1 = x0 + row[kWidth], height = before.height + row[kHeight], y1 = y0 + height;
  if (!fits(line) || !fits(x0) || !fits(y0) || !fits(x1) || !fits(y1)) return false;
  word.line = static_cast<int>(line);
  word.box = {static_cast<int>(x0), static_cast<int>(y0), static_cast<int>(x1), static_cast<int>(y1)};
  before = {line, x1, y0, height};
  return true;
}

char byte_of(double confidence) {
  return confidence > 0 ? static_cast<char>(std::lround(std::min(confidence, 1.0) * 255)) : '\0';  // NaN is no confidence
}

Error damaged(const std::string& why) {
  return {ErrorCode::Integrity, "the stored text of a page is damaged (" + why +
                                    "); run 'chartscan verify' and restore the archive from a backup"};
}

}  // namespace

std::string encode(const PageText& text) {
  const std::vector<Word>& words = text.words;
  std::array<std::string, kColumns> columns;
  Before before;
  for (const Word& word : words) {
    const auto row = differences(word, before);
    for (int c = 0; c < kColumns; ++c) put_signed(columns[c], row[c]);
  }
  std::string out(1, kTextVersion);
  put_varint(out, words.size());
  for (const Word& word : words) put_varint(out, word.text.size());
  for (const std::string& column : columns) out += column;
  for (const Word& word : words) out.push_back(byte_of(word.confidence));
  for (const Word& word : words) out += word.text;
  return out;
}

namespace {

Status take_head(std::string_view& bytes, std::uint64_t& count) {
  if (bytes.empty()) return damaged("it is empty");
  if (bytes.front() != kTextVersion) return damaged("unknown version " + std::to_string(static_cast<unsigned char>(bytes.front())));
  bytes.remove_prefix(1);
  if (!take_varint(bytes, count) || count > bytes.size()) return damaged("number of words");  // a word takes more than a byte
  return {};
}

}  // namespace

Result<std::vector<WordInLine>> decode_words(std::string_view bytes) {
  std::uint64_t count = 0, all = 0;
  TRY_STATUS(take_head(bytes, count));
  std::vector<WordInLine> words(count);
  std::vector<std::uint64_t> sizes(count);
  for (std::uint64_t& size : sizes) {
    if (!take_varint(bytes, size) || size == 0 || size > bytes.size()) return damaged("word sizes");
    all += size;
  }
  Wide line = 0, step = 0;
  for (WordInLine& word : words) {
    if (!take_signed(bytes, step) || step > kFar || step < -kFar || !fits(line += step)) return damaged("lines");
    word.line = static_cast<int>(line);
  }
  if (all > bytes.size()) return damaged("words");
  bytes.remove_prefix(bytes.size() - all);
  for (std::size_t i = 0; i < count; ++i) {
    words[i].text = bytes.substr(0, sizes[i]);
    bytes.remove_prefix(sizes[i]);
  }
  return words;
}

Result<PageText> decode_text(std::string_view bytes) {
  std::uint64_t count = 0;
  TRY_STATUS(take_head(bytes, count));
  PageText text;
  std::vector<Word>& words = text.words;
  words.resize(count);
  std::vector<std::uint64_t> sizes(count);
  for (std::uint64_t& size : sizes)
    if (!take_varint(bytes, size) || size == 0) return damaged("word sizes");
  std::vector<std::array<Wide, kColumns>> rows(count);
  for (int c = 0; c < kColumns; ++c)
    for (auto& row : rows)
      if (!take_signed(bytes, row[c])) return damaged("boxes");
  Before before;
  for (std::size_t i = 0; i < count; ++i)
    if (!place(rows[i], before, words[i])) return damaged("boxes");

  if (bytes.size() < count) return damaged("confidences");
  for (std::size_t i = 0; i < count; ++i) words[i].confidence = static_cast<std::uint8_t>(bytes[i]) / 255.0;
  bytes.remove_prefix(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (sizes[i] > bytes.size()) return damaged("words");
    words[i].text = bytes.substr(0, sizes[i]);
    bytes.remove_prefix(sizes[i]);
  }
  if (!bytes.empty()) return damaged("bytes after the last word");
  return text;
}

}  // namespace chartscan::storage
