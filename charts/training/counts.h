// What features say of types by counting: how much more often the sources of a type have a feature than those of all types have. The pages
// of a source are counted without it: what it alone has says nothing of the next form of its type, and what is learnt from it must not
// trust that. Private to this folder; pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "charts/training/trainer.h"

namespace chartscan::charts::training {

// An example with its features as numbers.
struct Row {
  std::vector<std::pair<int, float>> features;
  std::vector<float> own;  // by feature: the nats for the example's own type, counted without its source
  const Example* example = nullptr;
  double weight = 1;
};

// Nats by feature and class, class by class of a feature. Fills `own` of the rows.
std::vector<float> counted_nats(std::vector<Row>& rows, std::size_t features);

}  // namespace chartscan::charts::training
