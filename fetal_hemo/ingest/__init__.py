"""Recordings in any format -> a cohort: FLAC at 4 kHz, sidecars, a manifest."""

from fetal_hemo.ingest.run import IngestSummary, ingest

__all__ = ["IngestSummary", "ingest"]
