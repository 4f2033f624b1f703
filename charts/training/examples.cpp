#include "charts/training/examples.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "charts/document_types.h"

namespace chartscan::charts::training {
namespace {

constexpr double kWithHeader = 0.75, kWithFooter = 0.5;
constexpr double kWithoutTitle = 0.2, kPlainTitle = 0.2;   // taken out; set like the text around it
constexpr double kOtherTitle = 0.3, kQualified = 0.15;     // of the titles that stay: what else its type is called; "Pediatric ...", "... - Final"
constexpr double kTornPage = 0.3;                          // of templates: a part of the page only, as later pages are
constexpr double kLaterPage = 0.45;                        // of texts that may fill more than a page
constexpr std::size_t kLinesOfSomePages = 8, kLettersOfPage = 3400;
constexpr double kTitledText = 0.45;                       // texts that get a title of their type
constexpr double kForeignPart = 0.25;                      // titled pages with a part that is called like another type
constexpr double kClean = 0.35;                            // read without an error

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') lines.emplace_back();
    else lines.back() += c;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  std::string out;
  for (std::size_t i = first; i < last; ++i) out += lines[i] + "\n";
  return out;
}

// A title as the type's own file has it, in capitals or with a capital.
std::string title_of(std::size_t type, Random& random) {
  if (type >= document_types().size()) return {};
  std::vector<std::string> usable;
  for (const Cue& cue : document_types()[type].titles)
    if (cue.weight >= 0.9) usable.push_back(cue.phrase);
  if (usable.empty()) return {};
  std::string title = usable[random.below(usable.size())];
  const bool capitals = random.chance(0.6);
  for (std::size_t i = 0; i < title.size(); ++i)
    if (capitals || i == 0 || title[i - 1] == ' ') title[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[i])));
  return "# " + title + "\n";
}

// Words that any title may have beside it say nothing of the type.
std::string qualified(const std::string& title, Random& random) {
  constexpr std::array kBefore{"Inpatient", "Outpatient", "Pediatric", "Adult", "Initial", "Interim", "Cardiology", "Orthopedic", "Oncology", "Clinic", "Hospital", "Department of Medicine:"};
  constexpr std::array kBehind{" - Final", " - Addendum", " - Adult", " - Inpatient", " (Page 1)", " - Surgery Service", " - Medicine", ", Part I", " Form", " - Ward 4", " (Copy)", " - Continued"};
  return random.chance(0.5) ? "# " + std::string(kBefore[random.below(kBefore.size())]) + " " + title.substr(2) : title + kBehind[random.below(kBehind.size())];
}

std::string with_titles(const std::string& text, std::size_t type, Random& random) {
  const bool without = random.chance(kWithoutTitle), plain = random.chance(kPlainTitle);
  std::string out;
  for (std::string line : lines_of(text)) {
    if (line.starts_with("# ")) {
      if (without) continue;
      if (const std::string other = random.chance(kOtherTitle) ? title_of(type, random) : std::string(); !other.empty()) line = other.substr(0, other.size() - 1);
      if (random.chance(kQualified)) line = qualified(line, random);
      if (plain) line.erase(0, 2);
    }
    out += line + "\n";
  }
  return out;
}

std::string part_of(const TemplateSet& set, const char* type, Random& random) {
  std::vector<const Template*> parts;
  for (const Template& one : set.templates())
    if (one.type == type) parts.push_back(&one);
  return parts.empty() ? std::string() : set.expand(*parts[random.below(parts.size())], random);
}

Result<std::vector<std::size_t>> classes_of(const std::vector<std::string>& types, const std::string& source) {
  std::vector<std::size_t> classes;
  const auto& known = document_types();
  for (const std::string& type : types) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const DocumentType& one) { return one.code == type; });
    if (found == known.end() && type != "unknown")
      return Error{ErrorCode::InputRefused, "training page " + source + ": no document type '" + type + "'; charts/types/ holds those there are", {}};
    classes.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  if (classes.empty()) return Error{ErrorCode::InputRefused, "training page " + source + ": it has no type; leave it out or name one", {}};
  return classes;
}

// A discharge summary has a part "Discharge instructions", a consent one about privacy: below its title a page may say what another
// type is called, and some of what stands there. Pages that have lost their title are left as they are.
std::string with_foreign_part(const std::string& body, const TemplateSet& set, Random& random) {
  if (!body.starts_with("# ") || !random.chance(kForeignPart)) return body;
  std::string title = title_of(random.below(document_types().size()), random);
  if (title.empty()) return body;
  if (random.chance(0.7)) title.erase(0, 2);  // set like the text around it
  const std::vector<std::string> other = lines_of(set.expand(set.templates()[random.below(set.templates().size())], random));
  const std::size_t from = random.below(other.size()), count = random.below(3);
  std::string part = title;
  for (std::size_t i = from; i < std::min(other.size(), from + count); ++i)
    if (!other[i].starts_with("# ")) part += other[i] + "\n";
  const std::vector<std::string> lines = lines_of(body);
  const std::size_t at = lines.size() / 3 + random.below(lines.size() - lines.size() / 3) + 1;
  return joined(lines, 0, std::min(at, lines.size())) + part + joined(lines, std::min(at, lines.size()), lines.size());
}

double some_noise(const Dressing& dressing, Random& random) { return random.chance(kClean) ? 0 : dressing.noise * random.uniform(); }

// What stands on a page, and whether the document begins with it; nothing: hard to say.
struct Body {
  std::string text;
  std::optional<bool> opens = true;
};

Body torn(const std::string& text, Random& random) {
  const std::vector<std::string> lines = lines_of(text);
  if (!random.chance(kTornPage) || lines.size() < 8) return {text};
  const std::size_t length = lines.size() * (4 + random.below(5)) / 10;
  const std::size_t first = random.below(lines.size() - length + 1);
  const bool inside = first > 0 && first < lines.size() / 3;
  return {joined(lines, first, first + length), inside ? std::nullopt : std::optional(first == 0)};
}

// A page's worth of a text, from its beginning or from further on.
Body page_of(const Labelled& text, std::size_t type, Random& random) {
  const std::vector<std::string> lines = lines_of(text.text);
  Body body;
  std::size_t first = 0;
  if (lines.size() >= kLinesOfSomePages && random.chance(kLaterPage)) {
    first = lines.size() / 4 + random.below(lines.size() * 3 / 4);
    body.opens = false;
  } else if (random.chance(kTitledText)) {
    body.text = title_of(type, random);
  }
  for (std::size_t i = first; i < lines.size() && body.text.size() < kLettersOfPage; ++i) body.text += lines[i] + "\n";
  return body;
}

Example example_of(TextPage page, std::vector<std::size_t> types, std::string source, bool is_template, double weight, std::optional<bool> opens) {
  return {evidence_of(page.text, page.look), std::move(types), std::move(source), is_template, weight, opens};
}

}  // namespace

TextPage dressed(const std::string& body, const TemplateSet& set, double noise, Random& random) {
  std::string text = random.chance(kWithHeader) ? part_of(set, "header", random) : std::string();
  text += body;
  if (random.chance(kWithFooter)) text += part_of(set, "footer", random);
  TextPage page = lay_out_text(text);
  add_noise(page.text, noise, random);
  return page;
}

Result<std::vector<Example>> examples_of(const TemplateSet& set, const Dressing& dressing) {
  std::vector<Example> examples;
  for (const Template& one : set.templates()) {
    if (one.type == "header" || one.type == "footer") continue;
    TRY(const std::vector<std::size_t> types, classes_of({one.type}, one.name));
    for (int copy = 0; copy < dressing.copies; ++copy) {
      Random random(seed_of(one.name + "#" + std::to_string(copy)));
      Body body = torn(with_titles(set.expand(one, random), types.front(), random), random);
      body.text = with_foreign_part(body.text, set, random);
      examples.push_back(example_of(dressed(body.text, set, some_noise(dressing, random), random), types, one.name, true, dressing.weight, body.opens));
    }
  }
  return examples;
}

Result<std::vector<Example>> examples_of(const std::vector<Labelled>& texts, const TemplateSet& set, const Dressing& dressing) {
  std::vector<Example> examples;
  for (const Labelled& text : texts) {
    TRY(const std::vector<std::size_t> types, classes_of(text.types, text.source));
    if (!text.words.words.empty()) {
      examples.push_back(example_of({text.words, text.look}, types, text.source, false, dressing.weight, std::nullopt));
      continue;
    }
    const int pages = 1 + static_cast<int>(text.text.size() / kLettersOfPage);
    for (int copy = 0; copy < dressing.copies * pages; ++copy) {
      Random random(seed_of(text.source + "#" + std::to_string(copy)));
      const Body body = page_of(text, types[random.below(types.size())], random);
      TextPage page = dressed(with_foreign_part(body.text, set, random), set, some_noise(dressing, random), random);
      examples.push_back(example_of(std::move(page), types, text.source, false, dressing.weight, body.opens));
    }
  }
  return examples;
}

}  // namespace chartscan::charts::training
