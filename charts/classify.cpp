#include "charts/classify.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "charts/document_types.h"
#include "charts/layout.h"
#include "charts/phrases.h"
#include "charts/values.h"

namespace chartscan::charts {
namespace {

// All evidence adds up in nats and goes through one softmax, in which "unknown" takes part with a fixed score.
constexpr double kTitleScale = 9.0;        // a clear title outweighs any usual body
constexpr double kUnknownScore = 1.8;         // one strong heading alone does not make a type
constexpr double kBodyScale = 1.5;            // fitted on real notes: at 1.5 a stated 0.9 is right 97 times in 100
constexpr double kRepeat = 0.25;           // what a cue adds when it stands there again, in parts of its weight
constexpr double kMinConfidence = 0.45;    // below, the page does not say what it is
constexpr double kSecondTitle = 0.35;      // what a title further down is worth after a clear one of another type
constexpr double kClearTitle = 0.55;
constexpr std::size_t kGuesses = 5;

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

bool stands_before(const Token& token) { return token.before.find_first_of("*_#") != std::string::npos; }

// A heading opens a cell or a sentence and ends with a colon, or is all there is in its cell.
bool is_heading(const Layout& layout, const PhraseMatch& match) {
  const Token& first = layout.tokens[static_cast<std::size_t>(match.first)];
  const Token& last = layout.tokens[static_cast<std::size_t>(match.last - 1)];
  const Cell& cell = layout.cells[static_cast<std::size_t>(first.cell)];
  if (first.cell != last.cell) return false;
  const bool opens = match.first == cell.first || stands_before(first) ||
                     layout.tokens[static_cast<std::size_t>(match.first - 1)].after.find_first_of(".,;:") != std::string::npos;
  const bool colon = last.after.find(':') != std::string::npos;
  const bool alone = match.first == cell.first && match.last == cell.last;
  const bool one_letter = match.last - match.first == 1 && first.text.size() == 1;
  const bool capital = std::isupper(static_cast<unsigned char>(first.text.front()));
  if (one_letter) return colon && match.first == cell.first && capital;
  return opens && capital && (colon || alone);
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

struct Title {
  PhraseMatch match;
  std::size_t type;
  double weight, strength;
};

std::vector<Title> find_titles(const Layout& layout, Size working) {
  std::vector<Title> titles;
  std::vector<PhraseMatch> matches = books().titles.find(layout);
  // "... HOSPITAL" over "PROGRESS NOTE" is no "hospital progress note" that would swallow the title.
  const auto cell = [&](int i) { return layout.tokens[static_cast<std::size_t>(i)].cell; };
  std::erase_if(matches, [&](const PhraseMatch& match) { return cell(match.first) != cell(match.last - 1); });
  matches = longest_only(std::move(matches));
  const auto type_of = [](const PhraseMatch& match) { return books().title_entries[static_cast<std::size_t>(match.phrase)].type; };
  std::map<std::pair<int, std::size_t>, std::size_t> covered;  // by cell and type
  for (const PhraseMatch& match : matches) covered[{cell(match.first), type_of(match)}] += length_of(layout, match.first, match.last);
  for (const PhraseMatch& match : matches) {
    const Entry& entry = books().title_entries[static_cast<std::size_t>(match.phrase)];
    const double strength = title_strength(layout, match, covered[{cell(match.first), entry.type}], working);
    if (strength > 0) titles.push_back({match, entry.type, entry.weight, strength});
  }
  // The first clear title names the page; titles of other types below it are headings of its parts.
  const auto clear = std::find_if(titles.begin(), titles.end(), [](const Title& t) { return t.strength >= kClearTitle; });
  if (clear != titles.end())
    for (auto it = clear + 1; it != titles.end(); ++it)
      if (it->type != clear->type && it->strength <= clear->strength) it->strength *= kSecondTitle;
  return titles;
}

void add_titles(const std::vector<Title>& titles, std::vector<double>& scores) {
  std::vector<double> best(scores.size());
  for (const Title& title : titles) best[title.type] = std::max(best[title.type], title.weight * title.strength);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += kTitleScale * best[i];
}

void add_body(const Layout& layout, std::vector<double>& scores) {
  std::map<int, int> seen;
  for (const PhraseMatch& match : books().body.find(layout)) {
    const Entry& entry = books().body_entries[static_cast<std::size_t>(match.phrase)];
    if (entry.heading && !is_heading(layout, match)) continue;
    const int times = ++seen[match.phrase];
    if (times > 2) continue;
    const double weight = kBodyScale * entry.weight * (times == 1 ? 1.0 : kRepeat);
    scores[entry.type] += entry.role == Role::Against ? -weight : weight;
  }
}

std::vector<TypeGuess> ranked(const std::vector<double>& scores) {
  const double highest = std::max(kUnknownScore, *std::max_element(scores.begin(), scores.end()));
  const double unknown = std::exp(kUnknownScore - highest);
  double sum = unknown;
  for (const double score : scores) sum += std::exp(score - highest);
  std::vector<TypeGuess> guesses{{"unknown", unknown / sum}};
  for (std::size_t i = 0; i < scores.size(); ++i) guesses.push_back({document_types()[i].code, std::exp(scores[i] - highest) / sum});
  std::stable_sort(guesses.begin(), guesses.end(), [](const TypeGuess& a, const TypeGuess& b) { return a.confidence > b.confidence; });
  if (guesses.front().type != "unknown" && guesses.front().confidence < kMinConfidence) {
    const auto at = std::find_if(guesses.begin(), guesses.end(), [](const TypeGuess& g) { return g.type == "unknown"; });
    TypeGuess abstained{"unknown", 1 - guesses.front().confidence};
    guesses.erase(at);
    guesses.insert(guesses.begin(), abstained);
  }
  guesses.resize(std::min(guesses.size(), kGuesses));
  return guesses;
}

// "Page 1 of n" speaks for a first page, "Page 2 of n" and "continued" against; 0 when nothing is said.
int printed_page(const Layout& layout) {
  for (int i = 0; i + 1 < static_cast<int>(layout.tokens.size()); ++i) {
    const Token& word = layout.tokens[static_cast<std::size_t>(i)];
    if (word.folded != "page" && word.folded != "pg") continue;
    const auto page = read_page_number(layout, i + 1);
    if (page && layout.tokens[static_cast<std::size_t>(i) + 1].cell == word.cell) return page->number;
  }
  return 0;
}

bool says_continued(const Layout& layout) {
  return std::any_of(layout.tokens.begin(), layout.tokens.end(), [&](const Token& token) {
    return (token.folded == "contlnued" || token.folded == "contd") &&
           token.box.y0 < layout.content.y0 + layout.content.height() / 5;
  });
}

double first_page_cue(const Layout& layout, const std::vector<Title>& titles, Size working) {
  const int number = printed_page(layout);
  if (number == 1) return 0.95;
  if (number > 1) return 0.02;
  double best = 0;
  for (const Title& title : titles) {
    const Box box = box_of(layout, title.match.first, title.match.last);
    if (box.y0 < std::max(working.height, layout.content.y1) * 0.35) best = std::max(best, title.strength * std::min(1.0, title.weight));
  }
  double cue = 0.1 + 0.75 * best;
  if (says_continued(layout)) cue *= 0.2;
  return std::clamp(cue, 0.0, 1.0);
}

Field title_field(const Layout& layout, const std::vector<Title>& titles, const std::string& type) {
  Field field;
  field.kind = FieldKind::Title;
  const Title* best = nullptr;
  for (const Title& title : titles)
    if (document_types()[title.type].code == type && (!best || title.strength > best->strength)) best = &title;
  if (!best || best->strength < 0.4) return field;
  field.value = printed(layout, best->match.first, best->match.last);
  field.box = box_of(layout, best->match.first, best->match.last);
  field.confidence = best->strength * confidence_of(layout, best->match.first, best->match.last);
  field.source = "text";
  return field;
}

}  // namespace

PageClass classify(const PageText& text, Size working, int /*dpi*/) {
  PageClass result;
  const Layout layout = lay_out(text);
  std::vector<double> scores(document_types().size());
  const std::vector<Title> titles = find_titles(layout, working);
  add_titles(titles, scores);
  add_body(layout, scores);
  result.types = ranked(scores);
  result.first_page_cue = first_page_cue(layout, titles, working);
  result.title = title_field(layout, titles, result.types.front().type);
  return result;
}

}  // namespace chartscan::charts
