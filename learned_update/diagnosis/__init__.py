"""A look inside a run: metrics, gradients, sensitivity, weight changes."""

from learned_update.diagnosis.findings import Findings
from learned_update.diagnosis.probing import diagnose
from learned_update.diagnosis.report.write import write_report
from learned_update.diagnosis.settings import Settings

__all__ = ["Findings", "Settings", "diagnose", "write_report"]
