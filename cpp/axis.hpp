// What a column measures: a line, or a circle of some circumference.
#pragma once

#include <cmath>

namespace fastmi {

class Axis {
 public:
  // A period of 0 means a linear axis.
  explicit Axis(double period = 0.0) : period_(period) {}

  bool periodic() const { return period_ != 0.0; }
  double period() const { return period_; }

  // Brings a periodic value into (-period, period), without rounding; values already there stay as they are. Distances
  // are those of wrapped values: |a - b|, or the shortest way round, as shortest_way() in kernels/simd.hpp has it.
  double wrap(double value) const { return periodic() ? std::fmod(value, period_) : value; }

 private:
  double period_;
};

}  // namespace fastmi
