"""What meta-losses of several precisions say."""

import numpy as np
import pytest

from learned_update.benchmarks.agreement.verdicts import verdicts
from learned_update.benchmarks.reports import tables

LOSSES = {
    "float32": [[1.0, 0.8], [1.0, 0.6], [1.0, 0.4]],  # means 0.9, 0.8, 0.7
    "tf32": [[1.0, 0.7], [1.0, 0.7], [1.0, 0.4]],  # 0.85, 0.85, 0.7
    "bfloat16": [[1.0, 1.0], [1.0, 0.9], [1.0, 0.8]],  # 1.0, 0.95, 0.9
}


def test_verdicts():
    float32, tf32, bfloat16 = verdicts(LOSSES)
    assert float32["difference"] == 0
    assert float32["agrees"]
    assert float32["spread"] == pytest.approx(np.std([0.9, 0.8, 0.7], ddof=1))
    assert tf32["difference"] == pytest.approx(0.0, abs=1e-12)
    assert tf32["largest_difference"] == pytest.approx(0.05)
    assert tf32["agrees"]
    assert bfloat16["meta_loss"] == pytest.approx(0.95)
    assert bfloat16["difference"] == pytest.approx(0.15)
    assert not bfloat16["agrees"]


def test_table():
    lines = tables.agreement(verdicts(LOSSES)).splitlines()
    assert lines[2] == "| float32 | 0.8000 | +0.0000 | 0.1000 | 0.0000 | yes |"
    assert lines[4] == "| bfloat16 | 0.9500 | +0.1500 | 0.1000 | 0.2000 | no |"
