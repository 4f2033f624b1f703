// The language of the text as the outside names it.
#pragma once

#include <string>
#include <string_view>

namespace chartscan::exchange {

// BCP 47 for what ocr.language says ("eng", "deu+eng"): the first of several, its two letters where it has them (RFC 5646, 2.2.1).
std::string language_tag(std::string_view ocr_language);

}  // namespace chartscan::exchange
