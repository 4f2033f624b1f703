// The quick way to a page image in a test: a few lines of text, drawn and scanned. For richer pages see paper.h and scanned.h.
#pragma once

#include <string>
#include <vector>

#include "tests/support/paper.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {

// Lines set one below the other with a margin of an inch.
Paper text_paper(const std::vector<std::string>& lines, const Type& type = {}, PaperSize size = kLetter);
imaging::Image draw_text_page(const std::vector<std::string>& lines, const Scan& scan = {});

// A full page of ordinary clinical prose (invented), for tests that only need "a page of text".
std::vector<std::string> some_lines(int count = 40);

// A blank side with a little dust.
imaging::Image draw_blank_page(const Scan& scan = {}, int dust = 6);

}  // namespace chartscan::testing
