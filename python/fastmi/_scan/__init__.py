"""Scans over many events."""
