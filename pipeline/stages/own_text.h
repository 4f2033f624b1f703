// The text that a born-digital PDF page brings with it, where it can be trusted. A text layer may be hidden under white, belong
// to another page, come from a font whose letters mean something else, or leave out what is drawn as outlines: it is held
// against the picture before it takes the place of recognition.
#pragma once

#include <optional>

#include "pipeline/stage.h"

namespace chartscan::pipeline::stages {

// Boxes in pixels of the working image; empty = read the page as any other. Recognises a few lines of the page to compare,
// a fraction of what the whole page costs.
std::optional<PageText> trusted_own_text(const PageDraft& draft, Workbench& bench);

}  // namespace chartscan::pipeline::stages
