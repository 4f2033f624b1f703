// Which features a model of types learns: those that several sources have and that stand with some types more than by chance. Names of
// people, streets and places do not pass, nor do words that are on pages of all types. Private to this folder; pure.
#pragma once

#include <string>
#include <vector>

#include "charts/training/trainer.h"

namespace chartscan::charts::training {

using Features = std::vector<PageFeature> TypeEvidence::*;

// Of the examples `chosen`; sorted.
std::vector<std::string> vocabulary(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, Features features);

// Those of `keys` whose spread over types is no accident: the G statistic of the sources that have the feature, compared with as many
// sources drawn by lot.
std::vector<std::string> telling(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const std::vector<std::string>& keys);

}  // namespace chartscan::charts::training
