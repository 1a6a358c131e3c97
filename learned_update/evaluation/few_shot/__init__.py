"""Few-shot accuracy of rules on trials, beside the baselines, and a run's report.

From outside: `__init__`, `protocol`, `run_report`, `scores`.
"""

from learned_update.evaluation.few_shot.scores import (
    RANDOM_INITIALISATION,
    accuracy,
    base_trainers,
    baseline_scores,
    baselines,
    phi_accuracy,
    score,
    training_course,
)

__all__ = [
    "RANDOM_INITIALISATION",
    "accuracy",
    "base_trainers",
    "baseline_scores",
    "baselines",
    "phi_accuracy",
    "score",
    "training_course",
]
