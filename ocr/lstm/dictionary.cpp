#include "ocr/lstm/dictionary.h"

#include <algorithm>

namespace chartscan::ocr::lstm {
namespace {

using Place = Dictionary::Place;

Result<std::unique_ptr<const Dawg>> graph(const ModelParts& parts, Part part, const Charset& charset, const char* name) {
  if (!parts.has(part)) return std::unique_ptr<const Dawg>();
  TRY(Dawg dawg, Dawg::read(parts.at(part), charset.size(), name));
  return std::unique_ptr<const Dawg>(std::make_unique<Dawg>(std::move(dawg)));
}

// The edge that a character takes out of where `last` leads; from the beginning where there is no last one.
Dawg::Edge edge_from(const Dawg& dawg, Dawg::Edge last, int character) {
  return last == Dawg::kNone ? dawg.first(character) : dawg.after(last, character);
}

constexpr std::size_t kMostPlaces = 64;  // of one word: real ones have up to six; a graph made to harm could have thousands

void add(std::vector<Place>& places, std::size_t fresh, const Place& place) {
  if (places.size() - fresh >= kMostPlaces) return;
  if (std::find(places.begin() + static_cast<std::ptrdiff_t>(fresh), places.end(), place) == places.end())
    places.push_back(place);
}

Support support_of(bool numeric) { return numeric ? Support::Number : Support::Word; }

}  // namespace

Result<std::optional<Dictionary>> Dictionary::read(const ModelParts& parts, const Charset& charset) {
  Dictionary dictionary(charset);
  TRY(dictionary.punctuation_, graph(parts, Part::Punctuation, charset, "punctuation"));
  TRY(dictionary.words_, graph(parts, Part::Words, charset, "words"));
  TRY(dictionary.numbers_, graph(parts, Part::Numbers, charset, "numbers"));
  if (!dictionary.punctuation_ && !dictionary.words_ && !dictionary.numbers_) return std::optional<Dictionary>();
  return std::optional<Dictionary>(std::move(dictionary));
}

// Where the graph of punctuation knows the bare word ("no punctuation at all"), words begin through it only.
void Dictionary::begin(std::vector<Place>& places) const {
  if (punctuation_) places.push_back({});
  const Dawg::Edge bare = punctuation_ ? punctuation_->first(kSpaceChar) : Dawg::kNone;
  if (bare != Dawg::kNone && punctuation_->ends_word(bare)) return;
  if (words_) places.push_back({.in = Place::In::Words});
  if (numbers_) places.push_back({.in = Place::In::Numbers});
}

Dictionary::Answer Dictionary::follow(std::vector<Place>& places, std::size_t from, std::size_t count, int character) const {
  Answer answer;
  if (character == kSpaceChar || character == kNoChar) return answer;
  const std::size_t fresh = places.size();
  for (std::size_t i = from; i < from + count; ++i) {
    const Place place = places[i];  // a copy: the list grows
    if (place.in == Place::In::Lead)
      leave_lead(place, character, places, fresh, answer);
    else
      go_on(place, character, places, fresh, answer);
  }
  return answer;
}

// Only punctuation so far: the core may begin with this character, or the punctuation goes on.
void Dictionary::leave_lead(const Place& place, int character, std::vector<Place>& places, std::size_t fresh,
                            Answer& answer) const {
  const Dawg::Edge opening = edge_from(*punctuation_, place.punctuation, kSpaceChar);
  for (const bool numeric : {false, true}) {
    if (opening == Dawg::kNone || !core(numeric)) continue;
    const Dawg::Edge edge = core(numeric)->first(in_core(numeric, character));
    if (edge == Dawg::kNone) continue;
    add(places, fresh, {edge, opening, numeric ? Place::In::Numbers : Place::In::Words, numeric});
    answer.support = std::max(answer.support, support_of(numeric));
    answer.ends |= core(numeric)->ends_word(edge) && punctuation_->ends_word(opening);
  }
  const Dawg::Edge edge = edge_from(*punctuation_, place.punctuation, character);
  if (edge == Dawg::kNone) return;
  add(places, fresh, {Dawg::kNone, edge, Place::In::Lead, false});
  answer.support = std::max(answer.support, Support::Punctuation);
  answer.ends |= punctuation_->ends_word(edge);
}

// In the core: it goes on, or it ends and punctuation follows.
void Dictionary::go_on(const Place& place, int character, std::vector<Place>& places, std::size_t fresh, Answer& answer) const {
  const bool numeric = place.in == Place::In::Tail ? place.numeric : place.in == Place::In::Numbers;
  const Dawg& dawg = *core(numeric);
  if (place.punctuation != Dawg::kNone && dawg.ends_word(place.core)) {
    const Dawg::Edge edge = punctuation_->after(place.punctuation, character);
    if (edge != Dawg::kNone) {
      add(places, fresh, {place.core, edge, Place::In::Tail, numeric});
      answer.support = std::max(answer.support, support_of(numeric));
      answer.ends |= punctuation_->ends_word(edge);
    }
  }
  if (place.in == Place::In::Tail) return;
  const Dawg::Edge edge = edge_from(dawg, place.core, in_core(numeric, character));
  if (edge == Dawg::kNone) return;
  add(places, fresh, {edge, place.punctuation, place.in, numeric});
  answer.support = std::max(answer.support, support_of(numeric));
  answer.ends |= dawg.ends_word(edge) && (place.punctuation == Dawg::kNone || punctuation_->ends_word(place.punctuation));
}

}  // namespace chartscan::ocr::lstm
