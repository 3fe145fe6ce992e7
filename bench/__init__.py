"""Benchmarks: never part of the tests, since no clock can be trusted there."""
