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
#include <algorithm>
#include <array>
#include <limits>
#include <memory>

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

// Writes varints one behind the other; the caller has seen to the room.
class Varints {
 public:
  explicit Varints(char* at) : at_(at) {}
  char* end() const { return at_; }

  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void put_signed(Wide value) { put((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63)); }

  // value(word) - from(word before it).
  template <typename Value, typename From>
  void put_steps(const std::vector<Word>& words, const Value& value, const From& from) {
    Wide before = 0;
    for (const Word& word : words) {
      put_signed(value(word) - before);
      before = from(word);
    }
  }

 private:
  char* at_;
};

char byte_of(double confidence) {
  return confidence > 0 ? static_cast<char>(std::min(confidence, 1.0) * 255 + 0.5) : '\0';  // NaN is no confidence
}

Error damaged(const std::string& why) {
  return {ErrorCode::Integrity, "the stored text of a page is damaged (" + why +
                                    "); run 'chartscan verify' and restore the archive from a backup"};
}

}  // namespace

std::string encode(const PageText& text) {
  constexpr std::size_t kMost = 10 + 5 * kColumns + 1;  // bytes of a word beside its letters: no difference of two ints has more than five
  const std::vector<Word>& words = text.words;
  std::size_t letters = 0;
  for (const Word& word : words) letters += word.text.size();
  const auto out = std::make_unique_for_overwrite<char[]>(11 + kMost * words.size() + letters);
  out[0] = kTextVersion;
  Varints columns(out.get() + 1);
  columns.put(words.size());
  for (const Word& word : words) columns.put(word.text.size());

  const auto line = [](const Word& word) { return Wide{word.line}; };
  const auto x0 = [](const Word& word) { return Wide{word.box.x0}; };
  const auto x1 = [](const Word& word) { return Wide{word.box.x1}; };
  const auto y0 = [](const Word& word) { return Wide{word.box.y0}; };
  const auto width = [](const Word& word) { return Wide{word.box.x1} - word.box.x0; };
  const auto height = [](const Word& word) { return Wide{word.box.y1} - word.box.y0; };
  columns.put_steps(words, line, line);
  columns.put_steps(words, x0, x1);
  columns.put_steps(words, y0, y0);
  columns.put_steps(words, width, [](const Word&) { return Wide{0}; });
  columns.put_steps(words, height, height);

  char* at = columns.end();
  for (const Word& word : words) *at++ = byte_of(word.confidence);
  for (const Word& word : words) at = std::copy(word.text.begin(), word.text.end(), at);
  return std::string(out.get(), at);
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
