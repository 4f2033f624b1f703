#include "samples/narrative.h"

#include <cctype>

namespace chartscan::samples {
namespace {

int age_on(const std::string& dob, const std::string& date) {
  const int years = std::stoi(date.substr(0, 4)) - std::stoi(dob.substr(0, 4));
  return years - (date.substr(5) < dob.substr(5) ? 1 : 0);
}

std::string word_for(char key, const Visit& visit) {
  const bool female = visit.person.sex == "F";
  switch (key) {
    case 'N': return (female ? "Ms. " : "Mr. ") + visit.person.family.substr(0, visit.person.family.find(' '));
    case 'A': return visit.person.dob.empty() ? "adult" : std::to_string(age_on(visit.person.dob, visit.date)) + "-year-old";
    case 'S': return female ? "woman" : "man";
    case 'h': return female ? "she" : "he";
    case 'H': return female ? "She" : "He";
    case 'o': return female ? "her" : "his";
    case 'O': return female ? "Her" : "His";
    default: return std::string("@") + key;
  }
}

}  // namespace

std::string filled(const std::string& text, const Visit& visit) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@' && i + 1 < text.size()) {
      out += word_for(text[++i], visit);
    } else {
      out += text[i] == '\n' ? ' ' : text[i];  // line ends in the source are only there for the reader of the source
    }
  }
  return out;
}

SampleDocument printed(const Narrative& narrative, const Visit& visit, Closing closing, int columns) {
  Flow flow(visit, narrative.type, narrative.title, columns);
  for (const auto& [heading, text] : narrative.sections) {
    if (heading.empty()) {
      flow.paragraph(filled(text, visit));
    } else {
      flow.section(heading, filled(text, visit));
    }
  }
  if (closing == Closing::Ink) flow.signature(visit.attending, hand_of(visit.attending), plain_date(visit.date));
  if (closing == Closing::Electronic) {
    flow.skip(8);
    flow.paragraph("Electronically signed by " + visit.attending + " on " + plain_date(visit.date) + " at 16:42");
  }
  return flow.finish(narrative.terms);
}

}  // namespace chartscan::samples
