"""Subject and entries in, findings with reasons out."""

from elchi.screening.finding import Band, Finding, Reason, Screening, Thresholds, ThresholdTable, Weighs
from elchi.screening.manifest import Manifest, ManifestLine, read_manifest
from elchi.screening.screener import PURPOSE, Screener, load_list
from elchi.screening.thresholds import read_thresholds

__all__ = [
    "PURPOSE",
    "Band",
    "Finding",
    "Manifest",
    "ManifestLine",
    "Reason",
    "Screener",
    "Screening",
    "ThresholdTable",
    "Thresholds",
    "Weighs",
    "load_list",
    "read_manifest",
    "read_thresholds",
]
