"""Few-shot protocol, table and figures: what a rule is worth."""

from learned_update.evaluation.column import Column
from learned_update.evaluation.few_shot import evaluate
from learned_update.evaluation.protocol import Protocol
from learned_update.evaluation.report import report
from learned_update.evaluation.reproduction import REPRODUCTIONS, reproduce
from learned_update.evaluation.table import Row

__all__ = [
    "REPRODUCTIONS",
    "Column",
    "Protocol",
    "Row",
    "evaluate",
    "report",
    "reproduce",
]
