#include "samples.hpp"

#include <algorithm>

namespace fastmi {

void Samples::append(std::span<const double> column, Axis axis) {
  axes_.push_back(axis);
  const auto begin = values_.insert(values_.end(), column.begin(), column.end());
  if (axis.periodic()) std::transform(begin, values_.end(), begin, [=](double value) { return axis.wrap(value); });
}

void Samples::append(const Samples& other) {
  axes_.insert(axes_.end(), other.axes_.begin(), other.axes_.end());
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

}  // namespace fastmi
