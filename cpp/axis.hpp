// Distance along one column, linear or periodic, and its bounds over an interval.
//
// Bounds are monotone in the very floating-point operations of the distance, so they never disagree with it by a
// rounding: a subtree is dropped, or counted whole, exactly when looking at its samples one by one would do the same.
#pragma once

#include <algorithm>
#include <cmath>

namespace fastmi {

class Axis {
 public:
  // A period of 0 means a linear axis.
  explicit Axis(double period = 0.0) : period_(period) {}

  bool periodic() const { return period_ != 0.0; }
  double period() const { return period_; }

  // Brings a periodic value into (-period, period), without rounding; values already there stay as they are.
  double wrap(double value) const { return periodic() ? std::fmod(value, period_) : value; }

  // The distance of two wrapped values, the shortest way round.
  double distance(double a, double b) const { return from_direct(std::fabs(a - b)); }

  // The same from the direct distance t = |a - b|, below two periods. The differences that matter are exact (Sterbenz).
  double from_direct(double t) const {
    if (!periodic()) return t;
    return std::min(t, std::min(std::fabs(period_ - t), 2 * period_ - t));
  }

  // The least that distance(value, v) can be for v in [lower, upper].
  double nearest(double value, double lower, double upper) const {
    const double least = least_direct(value, lower, upper);
    if (!periodic()) return least;
    const double most = most_direct(value, lower, upper);
    if (least <= period_ && period_ <= most) return 0.0;
    return std::min(from_direct(least), from_direct(most));
  }

  // An upper bound of distance(value, v) for v in [lower, upper]; sharp unless the interval passes half a period.
  double farthest(double value, double lower, double upper) const {
    const double most = most_direct(value, lower, upper);
    if (!periodic()) return most;
    const double least = least_direct(value, lower, upper);
    return std::min({most, std::max(std::fabs(period_ - least), std::fabs(period_ - most)), 2 * period_ - least});
  }

 private:
  static double least_direct(double value, double lower, double upper) {
    return std::max(0.0, std::max(lower - value, value - upper));
  }
  static double most_direct(double value, double lower, double upper) {
    return std::max(std::fabs(value - lower), std::fabs(upper - value));
  }

  double period_;
};

}  // namespace fastmi
