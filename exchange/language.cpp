#include "exchange/language.h"

#include <algorithm>
#include <array>
#include <utility>

namespace chartscan::exchange {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Models of Tesseract whose language has two letters in ISO 639-1. The rest keep their three, which are ISO 639-2.
constexpr std::array kTwoLetters{
    Pair{"afr", "af"}, Pair{"amh", "am"}, Pair{"ara", "ar"}, Pair{"ben", "bn"}, Pair{"bos", "bs"}, Pair{"bul", "bg"},
    Pair{"cat", "ca"}, Pair{"ces", "cs"}, Pair{"chi_sim", "zh-Hans"}, Pair{"chi_tra", "zh-Hant"}, Pair{"cym", "cy"}, Pair{"dan", "da"},
    Pair{"deu", "de"}, Pair{"ell", "el"}, Pair{"eng", "en"}, Pair{"epo", "eo"}, Pair{"est", "et"}, Pair{"eus", "eu"},
    Pair{"fas", "fa"}, Pair{"fin", "fi"}, Pair{"fra", "fr"}, Pair{"gle", "ga"}, Pair{"glg", "gl"}, Pair{"guj", "gu"},
    Pair{"hat", "ht"}, Pair{"heb", "he"}, Pair{"hin", "hi"}, Pair{"hrv", "hr"}, Pair{"hun", "hu"}, Pair{"hye", "hy"},
    Pair{"ind", "id"}, Pair{"isl", "is"}, Pair{"ita", "it"}, Pair{"jpn", "ja"}, Pair{"kat", "ka"}, Pair{"khm", "km"},
    Pair{"kor", "ko"}, Pair{"lao", "lo"}, Pair{"lav", "lv"}, Pair{"lit", "lt"}, Pair{"mkd", "mk"}, Pair{"mya", "my"},
    Pair{"nep", "ne"}, Pair{"nld", "nl"}, Pair{"nor", "no"}, Pair{"pan", "pa"}, Pair{"pol", "pl"}, Pair{"por", "pt"},
    Pair{"ron", "ro"}, Pair{"rus", "ru"}, Pair{"slk", "sk"}, Pair{"slv", "sl"}, Pair{"spa", "es"}, Pair{"sqi", "sq"},
    Pair{"srp", "sr"}, Pair{"swa", "sw"}, Pair{"swe", "sv"}, Pair{"tam", "ta"}, Pair{"tel", "te"}, Pair{"tgl", "tl"},
    Pair{"tha", "th"}, Pair{"tir", "ti"}, Pair{"tur", "tr"}, Pair{"ukr", "uk"}, Pair{"urd", "ur"}, Pair{"vie", "vi"},
};

}  // namespace

std::string language_tag(std::string_view ocr_language) {
  const std::string_view first = ocr_language.substr(0, ocr_language.find('+'));
  const auto known = std::ranges::find(kTwoLetters, first, &Pair::first);
  if (known != kTwoLetters.end()) return std::string(known->second);
  return std::string(first.substr(0, first.find('_')));
}

}  // namespace chartscan::exchange
