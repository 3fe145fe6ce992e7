// What the plug-in entropy of a histogram is to be expected to be, given the probabilities of its cells.
//
// Of M draws, C fall into a cell of probability p, and the plug-in entropy is log M - (1/M) sum of C log C. Its
// expectation is log M - sum of p E[log(1 + C')], where C' is how many of the other M - 1 draws join a draw in its
// cell: a binomial variable, for which all here is exact, to about 1e-8 in the logarithm.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "execution.hpp"

namespace fastmi {

// Of a draw that fell into a cell of probability p.
struct PluginTerms {
  double surprise;  // log M - E log(1 + C'), or -log p for infinitely many draws: its mean is the expected entropy
  double slope;     // M times what one more draw does to it: its derivative by log M
  double alone;     // the probability that no other draw is in the cell
};

// n_draws is a whole number, or infinite.
PluginTerms plugin_terms(double p, double n_draws);

// The means over draws, that is the sums over cells weighted by their probabilities divided by `total`.
PluginTerms expected_plugin(std::span<const double> probability, double total, double n_draws, Execution& execution);

}  // namespace fastmi
