"""Metrics as a run that was stopped and resumed leaves them."""

import numpy as np

from learned_update.evaluation.results.metrics import metric_columns
from learned_update.run_metrics import read_metrics

LINES = """\
{"note": "no outer step"}
{"outer_step": 1, "meta_loss": 0.9}
{"outer_step": 2, "meta_loss": 0.8}
{"outer_step": 3, "meta_loss": 0.7}
{"outer_step": 2, "meta_loss": 0.6, "query_accuracy": 0.5}
{"outer_step": 3, "meta_loss": NaN, "query_accuracy": "none"}
{"outer_step": 4, "meta_lo"""


def test_later_lines_count_and_a_line_cut_off_does_not(tmp_path):
    (tmp_path / "metrics.jsonl").write_text(LINES)
    metrics = metric_columns(read_metrics(tmp_path))
    nan = np.nan
    np.testing.assert_array_equal(metrics["outer_step"], [1, 2, 3])
    np.testing.assert_array_equal(metrics["meta_loss"], [0.9, 0.6, nan])
    np.testing.assert_array_equal(metrics["query_accuracy"], [nan, 0.5, nan])
