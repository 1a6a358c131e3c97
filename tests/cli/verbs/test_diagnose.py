"""`learned-update diagnose`, on a run that has a checkpoint and metrics."""

import json

import gin
import pytest

from learned_update import configuration, registration
from learned_update.cli.main import main
from learned_update.diagnosis.run_state import configured_trainer
from learned_update.training import INITIAL_RULE_FILE, save_checkpoint

TINY = (
    "task_group.slots = 2",
    "task_group.units = (5,)",
    "task_group.batch_size = 6",
    "Schedule.truncation_lengths = (2,)",
    "task_distribution.datasets = ('glyphs/greek', 'digits')",
    "task_distribution.ways = 2",
    "task_distribution.shots = 2",
    "task_distribution.queries = 2",
    "glyphs.renderings = 6",
    "experiment.report = None",
)


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture
def run_dir(tmp_path):
    folder = tmp_path / "run"
    registration.configure(["experiments/quickstart.gin"], TINY)
    configuration.save(folder)
    trainer = configured_trainer(folder)
    state = trainer.initial_state()
    save_checkpoint(folder / "checkpoints", trainer, state._replace(outer_step=3))
    trainer.rule.save(folder / INITIAL_RULE_FILE)
    row = {"outer_step": 3, "meta_loss": 0.5, "gradient_norm": 0.1, "seconds": 0.2}
    (folder / "metrics.jsonl").write_text(json.dumps(row) + "\n")
    return folder


def test_it_says_what_it_finds_and_changes_nothing_else(run_dir, capsys):
    before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    given = ["diagnose", str(run_dir), "--steps", "4", "--tasks", "2", "--samples", "0"]
    assert main(given) == 0
    said = capsys.readouterr()
    assert "run, outer step 3: 0 steps skipped" in said.out
    assert "learned readouts are" in said.out
    assert "it/s" not in said.err  # no bar where nobody watches
    found = json.loads((run_dir / "diagnosis" / "diagnosis.json").read_text())
    assert found["gradients"]["lengths"] == [1, 2, 4]
    assert found["gradients"]["with_full"][-1] == pytest.approx(1)
    assert found["losses"] == found["initial_losses"]
    assert set(found["datasets"]) == {"glyphs/greek", "digits"}
    for layer_terms in found["shares"]["norms"][0]:
        assert sum(layer_terms) == pytest.approx(1)
    assert (run_dir / "diagnosis" / "diagnosis.png").is_file()
    assert all(path.read_bytes() == content for path, content in before.items())
    assert main(given) == 2
    assert "exists already" in capsys.readouterr().err


def refused(arguments, capsys):
    assert main(["diagnose", *map(str, arguments)]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def test_what_cannot_be_diagnosed(run_dir, tmp_path, capsys):
    assert "There is no run in" in refused([tmp_path / "none"], capsys)
    (tmp_path / "empty").mkdir()
    assert "config.gin in it, as `learned-update train`" in (
        refused([tmp_path / "empty"], capsys)
    )
    assert "number of steps" in refused([run_dir, "--steps", "1"], capsys)
    (path,) = (run_dir / "checkpoints").iterdir()
    path.write_bytes(path.read_bytes()[:100])
    said = refused([run_dir], capsys)
    assert "no checkpoint that is whole" in said
    assert "outer_step_00000003.npz, damaged" in said
    path.unlink()
    assert "Received: none" in refused([run_dir], capsys)
    (run_dir / "config.gin").write_text("adam.outer_steps = 3\n")
    assert "configures no meta-training run" in refused([run_dir], capsys)
