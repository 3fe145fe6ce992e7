"""Scans over many events."""

from fastmi._scan.result import ScanResult
from fastmi._scan.scan import scan

__all__ = ["ScanResult", "scan"]
