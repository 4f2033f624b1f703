#include "charts/type_cues.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include "charts/document_types.h"
#include "charts/phrases.h"

namespace chartscan::charts {
namespace {

constexpr double kRepeat = 0.25;       // what a cue adds when it stands there again, in parts of its weight
constexpr double kFirstTitle = 2;      // the first clear title of a page names it,
constexpr double kSecondTitle = 0.35;  // and one of another type further down is worth less
constexpr double kClearTitle = 0.55;

enum class Role { Title, Cue, Against };
struct Entry {
  std::size_t type;
  Role role;
  double weight;
  bool heading;
};

struct Books {
  PhraseBook titles, body;
  std::vector<Entry> title_entries, body_entries;
};

const Books& books() {
  static const Books made = [] {
    Books books;
    const auto& types = document_types();
    const auto add = [](PhraseBook& book, std::vector<Entry>& entries, const std::vector<Cue>& cues, std::size_t type, Role role) {
      for (const Cue& cue : cues) {
        book.add(cue.phrase, static_cast<int>(entries.size()));
        entries.push_back({type, role, cue.weight, cue.heading});
      }
    };
    for (std::size_t i = 0; i < types.size(); ++i) {
      add(books.titles, books.title_entries, types[i].titles, i, Role::Title);
      add(books.body, books.body_entries, types[i].cues, i, Role::Cue);
      add(books.body, books.body_entries, types[i].against, i, Role::Against);
    }
    return books;
  }();
  return made;
}

std::size_t length_of(const Layout& layout, int first, int last) {
  std::size_t sum = 0;
  for (int i = first; i < last; ++i) sum += layout.tokens[static_cast<std::size_t>(i)].text.size();
  return sum;
}

// 0..1: how much a phrase looks like the title of its page and not like words of a sentence. `covered`: letters of its cell
// that titles of its type account for ("GENERAL CONSENT TO TREATMENT AND CONDITIONS OF ADMISSION" are two).
double title_strength(const Layout& layout, const PhraseMatch& match, std::size_t covered, Size working) {
  const Token& first = layout.tokens[static_cast<std::size_t>(match.first)];
  const Token& last = layout.tokens[static_cast<std::size_t>(match.last - 1)];
  const Cell& cell = layout.cells[static_cast<std::size_t>(first.cell)];
  const double coverage = static_cast<double>(covered) /
                          static_cast<double>(std::max<std::size_t>(1, length_of(layout, cell.first, cell.last)));
  const std::string words = printed(layout, match.first, match.last);
  const Box box = box_of(layout, match.first, match.last);
  const double size = static_cast<double>(box.height()) / layout.median_height;
  const int page_height = std::max(working.height, layout.content.y1);
  const int page_width = std::max(working.width, layout.content.x1);
  const double down = static_cast<double>(box.y0) / std::max(1, page_height);
  const bool centred = std::abs(cell.box.x0 + cell.box.x1 - page_width) < page_width / 10;

  double strength = 0.35 + 0.5 * std::clamp(size - 1.0, 0.0, 0.8);
  if (is_upper(words)) strength += 0.2;
  else if (!std::isupper(static_cast<unsigned char>(words.front()))) strength -= 0.3;
  if (down < 0.18) strength += 0.25;
  else if (down < 0.34) strength += 0.15;
  else if (down > 0.5) strength -= 0.25;
  if (centred) strength += 0.1;
  if (last.after.find(':') != std::string::npos) strength -= 0.35;
  strength *= coverage > 0.95 ? 1.0 : coverage > 0.6 ? 0.85 : coverage > 0.4 ? 0.6 : 0.15;
  // Running text is wide, in rows close together; a short coverage in a long cell is such a row.
  if (coverage < 0.5 && cell.last - cell.first > 8) strength *= 0.3;
  return std::clamp(strength, 0.0, 1.0);
}

int cell_of(const Layout& layout, int i) { return layout.tokens[static_cast<std::size_t>(i)].cell; }

std::vector<FoundTitle> find_titles(const Layout& layout, Size working) {
  std::vector<FoundTitle> titles;
  std::vector<PhraseMatch> matches = books().titles.find(layout);
  // "... HOSPITAL" over "PROGRESS NOTE" is no "hospital progress note" that would swallow the title.
  std::erase_if(matches, [&](const PhraseMatch& match) { return cell_of(layout, match.first) != cell_of(layout, match.last - 1); });
  matches = longest_only(std::move(matches));
  const auto entry = [](const PhraseMatch& match) -> const Entry& { return books().title_entries[static_cast<std::size_t>(match.phrase)]; };
  std::map<std::pair<int, std::size_t>, std::size_t> covered;  // letters, by cell and type
  for (const PhraseMatch& match : matches)
    covered[{cell_of(layout, match.first), entry(match).type}] += length_of(layout, match.first, match.last);
  for (const PhraseMatch& match : matches) {
    const double strength = title_strength(layout, match, covered[{cell_of(layout, match.first), entry(match).type}], working);
    if (strength > 0) titles.push_back({match.first, match.last, entry(match).type, entry(match).weight, strength});
  }
  // The first clear title names the page; titles of other types below it are headings of its parts.
  const auto clear = std::find_if(titles.begin(), titles.end(), [](const FoundTitle& t) { return t.strength >= kClearTitle; });
  if (clear == titles.end()) return titles;
  clear->weight *= kFirstTitle;
  for (auto it = clear + 1; it != titles.end(); ++it)
    if (it->type != clear->type && it->strength <= clear->strength) it->strength *= kSecondTitle;
  return titles;
}

std::vector<FoundCue> find_body_cues(const Layout& layout) {
  std::vector<FoundCue> cues;
  std::map<int, int> seen;
  for (const PhraseMatch& match : books().body.find(layout)) {
    const Entry& entry = books().body_entries[static_cast<std::size_t>(match.phrase)];
    if (entry.heading && !is_heading(layout, match.first, match.last)) continue;
    const int times = ++seen[match.phrase];
    if (times > 2) continue;
    const double weight = entry.weight * (times == 1 ? 1.0 : kRepeat);
    cues.push_back({match.first, match.last, entry.type, entry.role == Role::Against ? -weight : weight});
  }
  return cues;
}

bool stands_before(const Token& token) { return token.before.find_first_of("*_#") != std::string::npos; }

}  // namespace

bool is_heading(const Layout& layout, int first_token, int end) {
  const Token& first = layout.tokens[static_cast<std::size_t>(first_token)];
  const Token& last = layout.tokens[static_cast<std::size_t>(end - 1)];
  const Cell& cell = layout.cells[static_cast<std::size_t>(first.cell)];
  if (first.cell != last.cell) return false;
  const bool opens = first_token == cell.first || stands_before(first) ||
                     layout.tokens[static_cast<std::size_t>(first_token - 1)].after.find_first_of(".,;:") != std::string::npos;
  const bool colon = last.after.find(':') != std::string::npos;
  const bool alone = first_token == cell.first && end == cell.last;
  const bool one_letter = end - first_token == 1 && first.text.size() == 1;
  const bool capital = std::isupper(static_cast<unsigned char>(first.text.front()));
  if (one_letter) return colon && first_token == cell.first && capital;
  return opens && capital && (colon || alone);
}

CueEvidence find_cues(const Layout& layout, Size working) {
  CueEvidence found;
  found.titles = find_titles(layout, working);
  found.cues = find_body_cues(layout);
  found.title.resize(document_types().size());
  found.body.resize(document_types().size());
  for (const FoundTitle& title : found.titles) found.title[title.type] = std::max(found.title[title.type], title.weight * title.strength);
  for (const FoundCue& cue : found.cues) found.body[cue.type] += cue.weight;
  return found;
}

}  // namespace chartscan::charts
