"""Few-shot protocols, tables and figures: what a rule is worth."""

from learned_update.evaluation.episodes.files import (
    episode_digest,
    read_episodes,
    write_episodes,
)
from learned_update.evaluation.episodes.fixed_sets import EpisodeSet, draw_episode_set
from learned_update.evaluation.few_shot.protocol import Protocol
from learned_update.evaluation.few_shot.run_report import report
from learned_update.evaluation.few_shot.scores import evaluate
from learned_update.evaluation.held_out.monitor import held_out_monitor
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.table import Row
from learned_update.evaluation.test_sets.comparison import full_test_sets
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.report import write_comparison
from learned_update.evaluation.tuning.search import tune

__all__ = [
    "Column",
    "ComparisonProtocol",
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
    "write_comparison",
    "write_episodes",
]
