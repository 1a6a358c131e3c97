"""Runs that take no time, and the rules that they give."""

import sys

import numpy as np
import pytest

from learned_update.layers import local_rule
from learned_update.reproductions.shared import runs as ablation_runs
from tests.reproductions.ablations.programs import PROGRAM


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """A folder of rules that random numbers were added to."""
    folder = tmp_path_factory.mktemp("rules")
    for seed in range(4):
        rule = local_rule("oja")  # which compiles in no time
        rng = np.random.default_rng(seed)
        for variable in rule.trainable_variables:
            variable.assign_add(0.3 * rng.normal(size=variable.shape))
        rule.save(folder / f"{seed}.keras")
    return folder


@pytest.fixture
def program(monkeypatch, tmp_path, rules):
    """Replaces `train` by something that takes no time."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    command = (sys.executable, "-I", "-S", str(path), str(rules))
    monkeypatch.setattr(ablation_runs, "PROGRAM", command)
