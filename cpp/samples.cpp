#include "samples.hpp"

namespace fastmi {

void Samples::append(std::span<const double> column, Axis axis) {
  axes_.push_back(axis);
  values_.reserve(values_.size() + column.size());
  for (const double value : column) values_.push_back(axis.wrap(value));
}

void Samples::append(const Samples& other) {
  axes_.insert(axes_.end(), other.axes_.begin(), other.axes_.end());
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

}  // namespace fastmi
