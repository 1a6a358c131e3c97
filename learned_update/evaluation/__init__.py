"""Few-shot protocols, tables and figures: what a rule is worth."""

from learned_update.evaluation.benchmark_protocol import BenchmarkProtocol
from learned_update.evaluation.benchmark_report import write_benchmark
from learned_update.evaluation.column import Column
from learned_update.evaluation.episode_files import (
    episode_digest,
    read_episodes,
    write_episodes,
)
from learned_update.evaluation.episode_set import EpisodeSet, draw_episode_set
from learned_update.evaluation.few_shot import evaluate
from learned_update.evaluation.full_test_sets import full_test_sets
from learned_update.evaluation.monitor import held_out_monitor
from learned_update.evaluation.protocol import Protocol
from learned_update.evaluation.report import report
from learned_update.evaluation.table import Row
from learned_update.evaluation.tuning import tune

__all__ = [
    "BenchmarkProtocol",
    "Column",
    "EpisodeSet",
    "Protocol",
    "Row",
    "draw_episode_set",
    "episode_digest",
    "evaluate",
    "full_test_sets",
    "held_out_monitor",
    "read_episodes",
    "report",
    "tune",
    "write_benchmark",
    "write_episodes",
]
