// Check boxes: ruled squares, round buttons, brackets and short blanks, empty or filled. Inside this room.
#pragma once

#include "imaging/form_ink.h"

namespace chartscan::imaging {

std::vector<FormCue> find_check_boxes(const FormInk& form, const PageText& text);

}  // namespace chartscan::imaging
