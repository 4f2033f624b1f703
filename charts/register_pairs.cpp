#include "charts/register_pairs.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "charts/fuzzy.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kRandomPatients = 2000;   // of whom pairs are drawn for u
constexpr std::size_t kRandomPairs = 400'000;
constexpr double kListedShare = 0.0005;         // names that more people bear are weighed by their own share
constexpr std::size_t kListedNames = 2000;
constexpr std::string_view kWeightsRow = "weights/register";  // keys::linking: what learn_and_keep() put

// One way to bring likely pairs together: patients who share a value of it are compared. Several ways, so that no single slip
// keeps two records of one person apart. A value depends on the patient alone; "" = none.
struct Pass {
  std::string (*value)(const Patient& patient);
  std::vector<Part> chosen_by;  // what its pairs agree in by choice; empty: not learnt from
};

std::string digits_of(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  return digits;
}

// Both, or nothing.
std::string joined(const std::string& a, const std::string& b) { return a.empty() || b.empty() ? "" : a + "/" + b; }

std::string year_of(const Patient& p) { return p.dob ? std::to_string(p.dob.year) : ""; }
std::string day_of(const Patient& p) { return p.dob ? std::to_string(p.dob.month * 100 + p.dob.day) : ""; }
std::string family_sound(const Patient& p) { return soundex(p.family); }
std::string given_sound(const Patient& p) { return soundex(p.given); }
std::string whole_ssn(const Patient& p) {
  const std::string digits = digits_of(p.ssn);
  return digits.size() > 4 ? digits : "";
}
std::string ssn_begins(const Patient& p) { return whole_ssn(p).substr(0, whole_ssn(p).size() / 2); }
std::string ssn_ends(const Patient& p) { return whole_ssn(p).substr(whole_ssn(p).size() / 2); }

// "12 Oak St": the number and the sound of the first word.
std::string house_of(const Patient& p) {
  std::string number, word;
  for (const char c : p.address) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isdigit(letter) && word.empty()) number += c;
    else if (std::isalpha(letter)) word += c;
    else if (word.size() >= 3) break;
    else word.clear();
  }
  return word.size() < 3 ? "" : joined(number, soundex(word));
}

const std::vector<Pass>& passes() {
  static const std::vector<Pass> kPasses{
      {[](const Patient& p) { return p.dob ? to_string(p.dob) : ""; }, {Part::BirthDate}},
      {[](const Patient& p) { return joined(std::min(family_sound(p), given_sound(p)), std::max(family_sound(p), given_sound(p))); },
       {Part::Family, Part::Given, Part::Order}},
      {whole_ssn, {Part::Ssn}},
      {[](const Patient& p) { return joined(family_sound(p), year_of(p)); }, {}},
      {[](const Patient& p) { return joined(family_sound(p), day_of(p)); }, {}},
      {[](const Patient& p) { return joined(soundex(p.maiden), to_string(p.dob)); }, {}},
      {[](const Patient& p) { return joined(family_sound(p), ssn_begins(p)); }, {}},
      {[](const Patient& p) { return joined(family_sound(p), ssn_ends(p)); }, {}},
      {[](const Patient& p) { return joined(given_sound(p), ssn_begins(p)); }, {}},
      {[](const Patient& p) { return joined(given_sound(p), ssn_ends(p)); }, {}},
      {[](const Patient& p) { return joined(family_sound(p), p.zip); }, {}},
      {[](const Patient& p) { return joined(given_sound(p), p.zip); }, {}},
      {[](const Patient& p) { return digits_of(p.phone).size() >= 7 ? digits_of(p.phone) : ""; }, {}},
      {house_of, {}},
  };
  return kPasses;
}

// Small and the same everywhere (splitmix64); which patients are drawn must not depend on a library.
class Draw {
 public:
  std::size_t below(std::size_t limit) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
  }

 private:
  std::uint64_t state_ = 1;
};

class Register {
 public:
  Register(const storage::Records& records, const PairOptions& options) : records_(records), options_(options) {}

  // Calls `visit` with the patients of each block that is neither alone nor too large.
  Status blocks(const Pass& pass, const std::function<void(const std::vector<Patient>&)>& visit) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> shared;  // hash of the value, number of the patient
    TRY_STATUS(numbered());
    std::uint32_t number = 0;
    TRY_STATUS(records_.patients([&](const Patient& patient) {
      if (const std::string value = pass.value(patient); !value.empty()) shared.emplace_back(std::hash<std::string>{}(value), number);
      return ++number < mrns_.size();
    }));
    std::ranges::sort(shared);
    for (std::size_t begin = 0, end = 0; begin < shared.size(); begin = end) {
      while (end < shared.size() && shared[end].first == shared[begin].first) ++end;
      if (end - begin < 2) continue;
      if (end - begin > options_.most_of_block) {
        ++left_out_;
        continue;
      }
      std::vector<Patient> patients;
      for (std::size_t i = begin; i < end; ++i) {
        TRY(std::optional<Patient> patient, records_.patient(mrns_[shared[i].second]), "patient index");
        if (patient) patients.push_back(std::move(*patient));
      }
      visit(patients);
    }
    return {};
  }

  Result<std::vector<Patient>> some_at_random() {
    std::vector<Patient> drawn;
    std::size_t seen = 0;
    Draw draw;
    TRY_STATUS(records_.patients([&](Patient patient) {  // reservoir: each equally likely, one pass
      ++seen;
      if (drawn.size() < kRandomPatients) drawn.push_back(std::move(patient));
      else if (const std::size_t at = draw.below(seen); at < kRandomPatients) drawn[at] = std::move(patient);
      return true;
    }));
    return drawn;
  }

  std::size_t left_out() const { return left_out_; }

 private:
  Status numbered() {
    if (!mrns_.empty()) return {};
    return records_.patients([&](const Patient& patient) { return mrns_.push_back(patient.mrn), true; });
  }

  const storage::Records& records_;
  const PairOptions& options_;
  std::vector<std::string> mrns_;
  std::size_t left_out_ = 0;
};

// The names that many bear.
class NameCounts {
 public:
  void add(const std::string& name) {
    if (!name.empty()) ++counts_[name], ++all_;
  }
  std::map<std::string, double, std::less<>> shares() const {
    std::vector<std::pair<double, std::string>> often;
    for (const auto& [name, count] : counts_)
      if (count >= 2 && count / all_ >= kListedShare) often.emplace_back(count / all_, name);
    std::sort(often.rbegin(), often.rend());
    if (often.size() > kListedNames) often.resize(kListedNames);
    std::map<std::string, double, std::less<>> shares;
    for (const auto& [share, name] : often) shares.emplace(name, share);
    return shares;
  }

 private:
  std::map<std::string, double> counts_;
  double all_ = 0;
};

std::vector<std::string> reasons_of(const Levels& levels, const Weights& weights) {
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < kParts; ++i) {
    const auto part = static_cast<Part>(i);
    if (levels[i] < 0 || (part == Part::Order && levels[i] == level::kSame)) continue;
    char text[100];
    std::snprintf(text, sizeof text, "%s %s (%+.1f)", to_string(part), level_name(part, levels[i]), weights.bits(part, levels[i]));
    reasons.emplace_back(text);
  }
  return reasons;
}

double pair_bits(const Patient& a, const Levels& levels, const Weights& weights) {
  double bits = weights.bits(levels);
  for (const auto& [part, name] : {std::pair{Part::Family, &a.family}, {Part::Given, &a.given}}) {
    const int level = levels[index_of(part)];
    bits += weights.name_bits(part, level, letters(*name)) - weights.bits(part, level);
  }
  return bits;
}

// Who is tied to whom, over any number of pairs.
std::vector<std::vector<std::string>> groups_of(const std::vector<PatientPair>& pairs) {
  std::unordered_map<std::string, std::string> towards;
  const auto root = [&](std::string mrn) {
    for (auto next = towards.find(mrn); next != towards.end() && next->second != mrn; next = towards.find(mrn)) mrn = next->second;
    return mrn;
  };
  for (const PatientPair& pair : pairs) {
    const auto [low, high] = std::minmax({root(pair.mrn), root(pair.other)});
    towards[high] = low;
  }
  std::map<std::string, std::set<std::string>> members;
  for (const PatientPair& pair : pairs) members[root(pair.mrn)].insert({pair.mrn, pair.other});
  std::vector<std::vector<std::string>> groups;
  for (const auto& [first, all] : members) groups.emplace_back(all.begin(), all.end());
  return groups;
}

double probability_of(double bits, double prior) {
  const double odds = prior / (1 - prior) * std::exp2(std::clamp(bits, -100.0, 100.0));
  return odds / (1 + odds);
}

}  // namespace

Result<PairReport> possible_duplicates(const storage::Records& records, const Weights& weights, const PairOptions& options) {
  Register all(records, options);
  PairReport report;
  std::unordered_set<std::string> listed;  // pairs by both numbers: several keys lead to the same pair
  for (const Pass& pass : passes())
    TRY_STATUS(all.blocks(pass, [&](const std::vector<Patient>& patients) {
      for (std::size_t i = 0; i < patients.size(); ++i)
        for (std::size_t j = i + 1; j < patients.size(); ++j) {
          const Levels levels = compare_patients(patients[i], patients[j]);
          ++report.compared;
          const double bits = pair_bits(patients[i], levels, weights), probability = probability_of(bits, weights.prior);
          if (probability < options.probability) continue;
          const auto& [low, high] = std::minmax(patients[i].mrn, patients[j].mrn);
          if (listed.insert(low + '\0' + high).second) report.pairs.push_back({low, high, probability, bits, reasons_of(levels, weights)});
        }
    }));
  std::sort(report.pairs.begin(), report.pairs.end(), [](const PatientPair& a, const PatientPair& b) {
    return a.bits != b.bits ? a.bits > b.bits : std::tie(a.mrn, a.other) < std::tie(b.mrn, b.other);
  });
  report.groups = groups_of(report.pairs);
  if (report.pairs.size() > options.limit) report.pairs.resize(options.limit);
  report.blocks_left_out = all.left_out();
  return report;
}

Result<Weights> learn_from_register(const storage::Records& records, const PairOptions& options) {
  Register all(records, options);
  Weights weights = first_guess();
  TRY(const std::vector<Patient> some, all.some_at_random());
  if (some.size() < 2) return register_weights();
  Comparisons random;
  Draw draw;
  for (std::size_t i = 0; i < std::min(kRandomPairs, some.size() * some.size() / 4); ++i) {
    const std::size_t a = draw.below(some.size()), b = draw.below(some.size());
    if (a != b) random.add(compare_patients(some[a], some[b]));
  }
  learn_u(random.all(), weights);

  NameCounts families, givens;
  double patients = 0;
  TRY_STATUS(records.patients([&](const Patient& patient) {
    ++patients;
    families.add(letters(patient.family));
    givens.add(letters(patient.given));
    return true;
  }));

  // Each pass teaches the parts that did not choose its pairs; a part is the mean of the passes that taught it.
  std::array<LevelShares, kParts> sums{};
  std::array<double, kParts> taught{};
  double expected = 0;
  for (const Pass& pass : passes()) {
    if (pass.chosen_by.empty()) continue;
    Comparisons pairs;
    double n = 0;
    TRY_STATUS(all.blocks(pass, [&](const std::vector<Patient>& block) {
      for (std::size_t i = 0; i < block.size(); ++i)
        for (std::size_t j = i + 1; j < block.size(); ++j) pairs.add(compare_patients(block[i], block[j])), ++n;
    }));
    if (n == 0) continue;
    Weights own = weights;
    learn_m(pairs.all(), pass.chosen_by, own);
    expected = std::max(expected, own.prior * n);
    for (std::size_t part = 0; part < kParts; ++part) {
      if (std::ranges::find(pass.chosen_by, static_cast<Part>(part)) != pass.chosen_by.end()) continue;
      ++taught[part];
      for (std::size_t level = 0; level < kMostLevels; ++level) sums[part].m[level] += own.parts[part].m[level];
    }
  }
  for (std::size_t part = 0; part < kParts; ++part)
    for (std::size_t level = 0; taught[part] > 0 && level < kMostLevels; ++level) weights.parts[part].m[level] = sums[part].m[level] / taught[part];
  weights.prior = std::clamp(std::max(expected, 0.5) / (patients * (patients - 1) / 2), 1e-15, 0.5);
  weights.family_share = families.shares();
  weights.given_share = givens.shares();
  return weights;
}

Result<Weights> weights_of_register(const storage::Records& records) {
  TRY(const std::optional<std::string> kept, records.view().get(storage::Family::Meta, storage::keys::linking(kWeightsRow)), "linkage weights");
  if (!kept) return register_weights();
  return parse_weights(*kept);
}

Result<Weights> learn_and_keep(storage::Archive& archive) {
  TRY(const storage::Records records, archive.read(), "linkage weights");
  TRY(Weights weights, learn_from_register(records));
  storage::Change change;
  change.raw().put(storage::Family::Meta, storage::keys::linking(kWeightsRow), to_text(weights));
  TRY_STATUS(archive.commit(change), "linkage weights");
  return weights;
}

}  // namespace chartscan::charts
