"""Rules and trained encoders in files that run without this package."""

from learned_update.export.encoders.encoder import export_encoder
from learned_update.export.named_tensors import (
    named_phi,
    named_statistics,
    phi_from_named,
    statistics_from_named,
)
from learned_update.export.saved_model import export_saved_model

__all__ = [
    "export_encoder",
    "export_saved_model",
    "named_phi",
    "named_statistics",
    "phi_from_named",
    "statistics_from_named",
]
