#include "ocr/line_recognizer.h"

namespace chartscan::ocr {

std::string ReadWord::text() const {
  std::string text;
  for (const ReadCharacter& character : characters) text += character.text;
  return text;
}

}  // namespace chartscan::ocr
