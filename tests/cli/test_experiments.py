"""Every experiment, cut down to two outer steps, from the command line to its table."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import learned_update as lu

ROOT = pathlib.Path(__file__).parents[2]
SMALL = (
    "OUTER_STEPS = 2",
    "adam.warmup_steps = 1",  # of rate 0
    "Schedule.truncation_lengths = (1,)",
    "Schedule.unroll_lengths = (1, 2)",
    "glyph_tasks.scripts = ('greek',)",
    "glyph_tasks.renderings = 8",
    "glyph_tasks.ways = 3",
    "glyph_tasks.shots = 2",
    "glyph_tasks.queries = 2",
    "glyph_tasks.batch_size = 8",
    "task_group.slots = 2",
    "task_group.units = (6, 5)",
    "report.longest_unroll = 2",
    "report.units = (6, 5)",
    "report.initialisations = 2",
    "report.episodes = 3",
    "unseen_datasets.scripts = ('hebrew', 'lao')",
)
FORMS = {
    "neuron_local": (),
    "released": (
        "update_rule.form = @released",
        "released.embedding_units = 5",
        "released.channels = 6",
        "released.delta_channels = 4",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_quickstart(tmp_path, form):
    command = [sys.executable, "-m", "learned_update.cli", "train"]
    command += ["--gin_file", "experiments/quickstart.gin", "--run_dir", str(tmp_path)]
    for parameter in (*SMALL, *FORMS[form]):
        command += ["--gin_param", parameter]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr
    table = (tmp_path / "table.md").read_text()
    assert table in done.stdout
    assert str(tmp_path) in done.stdout
    for method in ("meta-trained rule", "initial theta", "raw pixels", "k-means"):
        assert method in table
    assert len(list((tmp_path / "plots").glob("*.png"))) == 5
    trained, initial = (
        lu.load_rule(tmp_path / f"{name}.keras") for name in ("rule", "initial_rule")
    )
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(trained.get_weights(), initial.get_weights(), strict=True)
    ]
    assert any(moved)
