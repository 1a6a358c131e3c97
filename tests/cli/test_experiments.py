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
    "task_distribution.datasets = ('glyphs/greek',)",
    "task_distribution.weights = None",
    "task_distribution.ways = 3",
    "task_distribution.shots = 2",
    "task_distribution.queries = 2",
    "glyphs.renderings = 8",
    "HELD_OUT = ('digits', 'glyphs/hebrew', 'glyphs/lao')",
    "report.longest_unroll = 2",
    "report.units = (5,)",
    "report.initialisations = 2",
    "report.episodes = 3",
    "held_out/glyphs.renderings = 40",
)
ONE_SHAPE = ("task_group.slots = 2", "task_group.units = (5,)")
ONE_SHAPE += ("task_group.batch_size = 8",)
BUCKETS = (
    "sampled_groups.buckets = 2",
    "sampled_groups.depths = (2, 2)",
    "sampled_groups.widths = (8, 8)",
    "sampled_groups.width_multiple = 1",
    "sampled_groups.embedding_units = 5",
    "sampled_groups.batch_sizes = (6, 6)",
    "sampled_groups.slots = 2",
    "meta_train.groups_per_step = 1",
    "task_distribution.size = 8",
    "held_out/named_datasets.size = 8",
    "VALIDATION = ('glyphs/meta_validation',)",
    "validation/named_datasets.size = 8",
    "validation/glyphs.renderings = 40",
    "held_out_monitor.every = 1",
    "held_out_monitor.largest_share = 1.0",
    "held_out_monitor.steps = 2",
    "held_out_monitor.units = (5,)",
    "held_out_monitor.initialisations = 2",
    "held_out_monitor.episodes = 3",
)
EXPERIMENTS = {
    "quickstart": ("quickstart", ONE_SHAPE),
    "quickstart, released": (
        "quickstart",
        ONE_SHAPE,
        "update_rule.form = @released",
        "released.embedding_units = 5",
        "released.channels = 6",
        "released.delta_channels = 4",
    ),
    "curves": (
        "curves",
        ONE_SHAPE,
        "meta_train.rule = @local_rule",  # which compiles in no time
        "local_rule.form = @Oja",
        "experiment.report = @report",
        "watched/named_datasets.names = ('digits',)",
        "watched/named_datasets.size = 8",
        "held_out_monitor.steps = 2",
        "held_out_monitor.units = (5,)",
        "held_out_monitor.initialisations = 2",
        "held_out_monitor.episodes = 3",
    ),
    "paper": ("paper", BUCKETS),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment(tmp_path, name):
    file, shapes, *form = EXPERIMENTS[name]
    command = [sys.executable, "-m", "learned_update", "train"]
    command += ["--gin_file", f"experiments/{file}.gin", "--run_dir", str(tmp_path)]
    for parameter in (*SMALL, *shapes, *form):
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
    monitored = (tmp_path / "held_out.jsonl").is_file()
    assert monitored == (name in ("paper", "curves"))
    assert len(list((tmp_path / "plots").glob("*.png"))) == 5 + monitored
    trained, initial = (
        lu.load_rule(tmp_path / f"{name}.keras") for name in ("rule", "initial_rule")
    )
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(trained.get_weights(), initial.get_weights(), strict=True)
    ]
    assert any(moved)
