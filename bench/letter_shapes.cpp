// Teaches imaging/letter_shapes.h which letters stand upright, on drawn pages, and says how well it learnt on pages in other fonts.
//   bench_letter_shapes [--write imaging/letter_weights.cpp]      without --write: only measures the weights there are
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "imaging/letter_shapes.h"
#include "tests/support/pose_pages.h"
#include "tests/support/random.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
using namespace chartscan::imaging;

constexpr int kPages = 300, kTrials = 100;
constexpr std::size_t kLettersOfPage = 300;
constexpr int kRounds = 14, kStack = 32;
constexpr float kRate = 0.002f, kShrinking = 1e-5f;

struct Sheet {
  std::string kind;
  std::vector<LetterPatch> letters;
};

Sheet sheet_of(int number, PoseSet set) {
  PosePage page = pose_page(number, set);
  Random random(page.scan.seed + 77);
  page.scan.skew = {random.between(-8, 8)};
  const Image gray = gray_at_most(scanned(page.paper, page.scan), 200);
  const Lettering print = find_lettering(gray, measure(gray).noise);
  const Degrees as_found{page.scan.skew.value + random.between(-0.3, 0.3)};
  return {page.kind, letter_patches(print, TextAxis::Along, as_found, kLettersOfPage)};
}

// Adam (Kingma and Ba): each weight has its own pace.
struct Teacher {
  LetterNet net, first, second;  // moments of the gradient
  int steps = 0;

  explicit Teacher(Random& random) {
    for (auto& units : net.in)
      for (float& weight : units) weight = static_cast<float>(random.normal() * 0.08);
    for (float& weight : net.out) weight = static_cast<float>(random.normal() * 0.3);
  }

  // Adds the gradient of one reading of a patch; `push` is how much its output should change.
  static void add(const LetterNet& net, const LetterPatch& patch, float push, LetterNet& gradient) {
    std::array<float, kHiddenUnits> units = net.bias, back{};
    for (std::size_t i = 0; i < patch.size(); ++i)
      if (patch[i] != 0)
        for (std::size_t u = 0; u < units.size(); ++u) units[u] += patch[i] * net.in[i][u];
    for (std::size_t u = 0; u < units.size(); ++u) {
      if (units[u] <= 0) continue;
      gradient.out[u] += push * units[u];
      back[u] = push * net.out[u];
      gradient.bias[u] += back[u];
    }
    for (std::size_t i = 0; i < patch.size(); ++i)
      if (patch[i] != 0)
        for (std::size_t u = 0; u < units.size(); ++u) gradient.in[i][u] += patch[i] * back[u];
  }

  void learn(const std::vector<const LetterPatch*>& stack) {
    LetterNet gradient;
    for (const LetterPatch* patch : stack) {
      const float push = 1 / (1 + std::exp(net.upright(*patch))) / static_cast<float>(stack.size());
      add(net, *patch, push, gradient);
      add(net, turned_over(*patch), -push, gradient);
    }
    ++steps;
    const float early = 1 / (1 - std::pow(0.9f, static_cast<float>(steps))),
                early_square = 1 / (1 - std::pow(0.999f, static_cast<float>(steps)));
    const auto step = [&](float& weight, float slope, float& mean, float& square) {
      mean = 0.9f * mean + 0.1f * slope;
      square = 0.999f * square + 0.001f * slope * slope;
      weight += kRate * mean * early / (std::sqrt(square * early_square) + 1e-7f) - kShrinking * weight;
    };
    for (std::size_t i = 0; i < net.in.size(); ++i)
      for (std::size_t u = 0; u < kHiddenUnits; ++u) step(net.in[i][u], gradient.in[i][u], first.in[i][u], second.in[i][u]);
    for (std::size_t u = 0; u < kHiddenUnits; ++u) {
      step(net.bias[u], gradient.bias[u], first.bias[u], second.bias[u]);
      step(net.out[u], gradient.out[u], first.out[u], second.out[u]);
    }
  }
};

LetterNet taught() {
  Random random(2024);
  std::vector<LetterPatch> letters;
  for (int number = 0; number < kPages; ++number) {
    Sheet sheet = sheet_of(number, PoseSet::Train);
    letters.insert(letters.end(), sheet.letters.begin(), sheet.letters.end());
  }
  std::printf("%zu letters to learn from\n", letters.size());
  std::vector<const LetterPatch*> order;
  for (const LetterPatch& letter : letters) order.push_back(&letter);
  Teacher teacher(random);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(static_cast<int>(i)))]);
    for (std::size_t i = 0; i + kStack <= order.size(); i += kStack)
      teacher.learn({order.begin() + static_cast<std::ptrdiff_t>(i), order.begin() + static_cast<std::ptrdiff_t>(i + kStack)});
    std::printf("round %d\n", round + 1);
    std::fflush(stdout);
  }
  return teacher.net;
}

void write(const LetterNet& net, const std::string& file) {
  std::ofstream out(file);
  std::string text;
  std::vector<float> scales;
  const auto layer = [&](auto begin, auto end) {
    const float largest = std::abs(*std::max_element(begin, end, [](float a, float b) { return std::abs(a) < std::abs(b); }));
    scales.push_back(largest / 127);
    for (; begin != end; ++begin) text += std::to_string(static_cast<int>(std::lround(*begin / scales.back()))) + ",";
  };
  layer(net.in.front().data(), net.in.front().data() + kPatchPixels * kHiddenUnits);
  layer(net.bias.begin(), net.bias.end());
  layer(net.out.begin(), net.out.end());
  out << "// Written by bench/letter_shapes.cpp: run it again instead of editing.\n#include "
         "\"imaging/letter_shapes.h\"\n\nnamespace chartscan::imaging {\n\n"
      << "const float kLetterScales[3] = {" << scales[0] << "f, " << scales[1] << "f, " << scales[2] << "f};\n"
      << "const std::int8_t kLetterWeights[kPatchPixels * kHiddenUnits + 2 * kHiddenUnits] = {\n";
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + 128);
    while (text[end - 1] != ',') --end;
    out << "  " << text.substr(at, end - at) << "\n";
    at = end;
  }
  out << "};\n\n}  // namespace chartscan::imaging\n";
}

// By kind: how many letters are read right, and how sure the page as a whole is, in standard deviations of its mean.
void measure_net(const LetterNet& net, PoseSet set, const char* name) {
  struct Tally {
    int pages = 0, letters = 0, right = 0;
    double weakest_mean = 99, weakest_sigmas = 999;
  };
  std::map<std::string, Tally> kinds;
  for (int number = 0; number < kTrials; ++number) {
    const Sheet sheet = sheet_of(number, set);
    double sum = 0, squares = 0;
    Tally& tally = kinds[sheet.kind];
    for (const LetterPatch& letter : sheet.letters) {
      const double odds = std::clamp(net.upright(letter), -3.0f, 3.0f);
      sum += odds, squares += odds * odds;
      ++tally.letters;
      tally.right += odds > 0;
    }
    const double n = std::max<double>(1, static_cast<double>(sheet.letters.size()));
    ++tally.pages;
    tally.weakest_mean = std::min(tally.weakest_mean, sum / n);
    tally.weakest_sigmas = std::min(tally.weakest_sigmas, sum / std::sqrt(squares + 1e-9));
  }
  std::printf("\n%-34s %6s %8s %14s %10s\n", name, "pages", "right", "weakest mean", "sigmas");
  for (const auto& [kind, tally] : kinds)
    std::printf("  %-32s %6d %7.1f%% %14.2f %10.1f\n", kind.c_str(), tally.pages,
                100.0 * tally.right / std::max(1, tally.letters), tally.weakest_mean, tally.weakest_sigmas);
}

}  // namespace

int main(int argc, char** argv) {
  LetterNet net = trained_letter_net();
  if (argc == 3 && std::string(argv[1]) == "--write") {
    net = taught();
    write(net, argv[2]);
  }
  measure_net(net, PoseSet::Tune, "drawn, tune");
  measure_net(net, PoseSet::Held, "drawn, held");
  return 0;
}
