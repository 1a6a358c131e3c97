"""Where a run goes on: damaged checkpoints are set aside, lost ones are not ignored."""

import logging
import pathlib

import numpy as np
import pytest

from learned_update.training import begin_anew, checkpoints, save_checkpoint
from learned_update.training.hosts.alone import Alone
from learned_update.training.runs.resumption import resumed
from learned_update.training.saving.archive import read_checkpoint, write_archive
from tests.training import small_run


@pytest.fixture(scope="module")
def trainer():
    """Nothing is compiled."""
    return small_run.trainer()


@pytest.fixture
def run_dir(trainer, tmp_path):
    """A directory with checkpoints of three outer steps, and metrics."""
    for step in (2, 4, 6):
        state = trainer.initial_state()._replace(outer_step=step)
        save_checkpoint(tmp_path / "checkpoints", trainer, state)
    (tmp_path / "metrics.jsonl").write_text('{"outer_step": 1}\n')
    return tmp_path


def go_on(run_dir, trainer):
    return resumed(run_dir, trainer, Alone())


def names(run_dir):
    return sorted(path.name for path in (run_dir / "checkpoints").iterdir())


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-100])


def empty(path):
    path.write_bytes(b"")


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def without(name):
    def take_out(path):
        arrays = read_checkpoint(path)
        del arrays[name]
        write_archive(path, arrays)

    return take_out


def with_nan(path):
    arrays = read_checkpoint(path)
    arrays["theta/000"].flat[0] = np.nan
    write_archive(path, arrays)


DAMAGES = {
    "cut short": (cut_short, "cannot be read"),
    "empty": (empty, "cannot be read"),
    "a flipped bit": (flipped, "cannot be read"),
    "a part missing": (without("group/0/phi/000"), "another configuration"),
    "theta missing": (without("theta/000"), "another configuration"),
    "NaN in theta": (with_nan, "NaN or infinity in theta/000"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_newest_is_set_aside(run_dir, trainer, name, caplog):
    damage, message = DAMAGES[name]
    newest = checkpoints(run_dir / "checkpoints")[-1]
    damage(newest)
    content = newest.read_bytes()
    with caplog.at_level(logging.WARNING):
        assert go_on(run_dir, trainer).outer_step == 4
    assert message in caplog.text
    assert f"It was set aside as {newest}.damaged" in caplog.text
    assert names(run_dir) == [
        "outer_step_00000002.npz",
        "outer_step_00000004.npz",
        "outer_step_00000006.npz.damaged",
    ]
    assert pathlib.Path(f"{newest}.damaged").read_bytes() == content


def test_an_older_one_that_is_damaged_stays(run_dir, trainer):
    flipped(checkpoints(run_dir / "checkpoints")[0])
    assert go_on(run_dir, trainer).outer_step == 6
    assert not list(run_dir.rglob("*.damaged"))


def test_two_damages_of_one_name_are_both_kept(run_dir, trainer):
    for number in ("", ".2"):
        empty(run_dir / "checkpoints" / "outer_step_00000006.npz")
        go_on(run_dir, trainer)
        assert f"outer_step_00000006.npz{number}.damaged" in names(run_dir)


def test_none_left_stops_and_so_does_the_next_start(run_dir, trainer):
    for path in checkpoints(run_dir / "checkpoints"):
        flipped(path)
    with pytest.raises(
        ValueError, match=r"No checkpoint.*00006.npz.*give --begin_anew"
    ):
        go_on(run_dir, trainer)
    assert len(list(run_dir.rglob("*.damaged"))) == 3
    with pytest.raises(ValueError, match=r"no checkpoint to go on.*00006.npz.damaged"):
        go_on(run_dir, trainer)


def test_another_configuration_sets_nothing_aside(run_dir):
    other = small_run.trainer(groups=small_run.groups(units=(6,)))
    before = names(run_dir)
    with pytest.raises(ValueError, match="00006.npz is of another configuration"):
        go_on(run_dir, other)
    assert names(run_dir) == before


def test_metrics_without_checkpoints_are_not_begun_over(run_dir, trainer):
    for path in checkpoints(run_dir / "checkpoints"):
        path.unlink()
    message = r"no checkpoint to go on.*Received: metrics.jsonl.*--begin_anew, or call"
    with pytest.raises(ValueError, match=message):
        go_on(run_dir, trainer)
    assert (run_dir / "metrics.jsonl").read_text() == '{"outer_step": 1}\n'


def test_begin_anew_keeps_what_was(run_dir, trainer):
    (run_dir / "config.gin").write_text("# settings")
    assert begin_anew(run_dir) == run_dir / "before_1"
    assert (run_dir / "before_1" / "metrics.jsonl").is_file()
    assert len(checkpoints(run_dir / "before_1" / "checkpoints")) == 3
    assert (run_dir / "config.gin").is_file()
    assert begin_anew(run_dir) is None
    assert go_on(run_dir, trainer).outer_step == 0
    assert names(run_dir) == ["outer_step_00000000.npz"]
    assert begin_anew(run_dir) == run_dir / "before_2"


def test_temporaries_of_a_killed_run_are_removed(run_dir, trainer):
    left = [
        run_dir / "checkpoints" / ".outer_step_00000008-ab3_x9zq.npz",
        run_dir / ".rule-abcdefgh.keras",
        run_dir / ".metrics-abcdefgh.jsonl",
    ]
    kept = [run_dir / ".lock", run_dir / ".outer-notes.txt"]
    for path in (*left, *kept):
        path.write_text("x")
    assert go_on(run_dir, trainer).outer_step == 6
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in kept)
