// Templates of pages for training: written text with choices, from which any number of different pages are made. The language:
//   == discharge_summary      a template of that type begins; blank lines part it into blocks
//   : drug = aspirin | ...    a slot's values, for all templates of the set that is parsed
//   # TITLE                   a title line; every other line is printed as it is
//   ~                         first line of a block: such blocks change places
//   ? text                    the line stands there six times in ten
//   *3-8 text                 the line stands there so many times, expanded anew each time
//   {a|b|}  <drug>  <date>  <time>  <n:1-20>   a choice, a slot, a date, a time, a number;  [ ] a check box; || the next column
// Templates of the types "header" and "footer" are put above and below others. What is made keeps "# " and tabs: page_text.h
// lays it out. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "charts/training/random.h"
#include "core/result.h"

namespace chartscan::charts::training {

struct Template {
  std::string type;
  std::string name;                              // "nursing.txt:12"
  std::vector<std::vector<std::string>> blocks;  // lines
};

class TemplateSet {
 public:
  Status add(std::string_view file_name, std::string_view text);  // the error names file and line
  const std::vector<Template>& templates() const { return templates_; }
  std::string expand(const Template& one, Random& random) const;

 private:
  std::string filled(std::string_view line, Random& random, int depth = 0) const;
  std::string slot(std::string_view name, Random& random, int depth) const;

  std::vector<Template> templates_;
  std::map<std::string, std::vector<std::string>, std::less<>> slots_;
};

}  // namespace chartscan::charts::training
