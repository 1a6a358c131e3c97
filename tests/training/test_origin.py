"""What a run was made with stands at the head of its metrics."""

import json
import subprocess

import keras
import numpy as np

from learned_update.run_metrics import read_metrics, read_origins
from learned_update.training import MetricsLog
from learned_update.training.directory.origin import git_state, origin
from learned_update.version import __version__


def test_it_names_versions_seed_and_devices():
    said = json.loads(json.dumps(origin(np.int64(7))))
    assert said["seed"] == 7
    assert said["learned_update"] == __version__
    assert said["versions"]["keras"] == keras.__version__
    assert said["versions"]["numpy"] == np.__version__
    assert said["backend"] == keras.backend.backend()
    assert said["devices"] == keras.distribution.list_devices()


def test_the_state_of_a_checkout(tmp_path):
    assert git_state(tmp_path) is None
    name = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (
        ["init", "-q"],
        [*name, "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    said = git_state(tmp_path)
    assert len(said["commit"]) == 40
    assert said["changed"] is False
    (tmp_path / "new.py").touch()
    assert git_state(tmp_path) == {**said, "changed": True}


def test_the_log_begins_with_it_and_keeps_what_was_said_before(tmp_path):
    for made_with in ({"seed": 1}, {"seed": 1}, {"seed": 2}):
        step = len(read_metrics(tmp_path))
        with MetricsLog(tmp_path, step, origin=made_with) as log:
            log.write({"outer_step": step + 1})
    lines = [json.loads(x) for x in log.path.read_text().splitlines()]
    assert lines[:2] == [{"origin": {"seed": 1}}, {"origin": {"seed": 2}}]
    assert lines[2:] == [{"outer_step": step} for step in (1, 2, 3)]
    assert read_origins(tmp_path) == [{"seed": 1}, {"seed": 2}]


def test_going_back_keeps_it(tmp_path):
    with MetricsLog(tmp_path, origin={"seed": 1}) as log:
        for step in (1, 2, 3):
            log.write({"outer_step": step})
        log.cut(1)
        log.write({"outer_step": 2, "again": True})
    assert read_origins(tmp_path) == [{"seed": 1}]
    assert read_metrics(tmp_path) == [
        {"outer_step": 1},
        {"outer_step": 2, "again": True},
    ]
