"""The command line: help, messages, exit statuses."""

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import gin
import pytest

from learned_update.cli import main
from learned_update.cli.verbs import train
from learned_update.training.directory import lock
from learned_update.training.runs import experiment, interruption
from learned_update.version import __version__
from tests import import_graph


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def _usage_error(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main.main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err


def _run(run_dir, *arguments):
    return main.main(["train", "--run_dir", str(run_dir), *arguments])


@pytest.fixture
def experiments(monkeypatch):
    """Keeps `train` from training; holds the run directories that it was given."""
    calls = []

    def experiment_of(run_dir, hosts):
        assert hosts.first
        calls.append(run_dir)

    monkeypatch.setattr(experiment, "experiment", experiment_of)
    return calls


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


def test_a_report_that_is_no_function(tmp_path, capsys):
    assert _run(tmp_path, "--gin_param", "experiment.report = 'report'") == 2
    assert "References begin with @" in capsys.readouterr().err


def test_a_large_seed(tmp_path, experiments):
    assert _run(tmp_path, "--seed", "1099511627776") == 0
    assert "meta_train.seed = 1099511627776" in (tmp_path / "config.gin").read_text()


@pytest.mark.parametrize("verb", main.VERBS)
def test_help_shows_an_example(verb, capsys):
    with pytest.raises(SystemExit) as caught:
        main.main([verb, "--help"])
    assert caught.value.code == 0
    output = capsys.readouterr().out
    assert f"example:\n  learned-update {verb}" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "VERB"),
        (("trian",), "invalid choice: 'trian'"),
        (("train",), "--run_dir"),
        (("train", "--run_dir", "x", "--seed", "-1"), "expected an integer >= 0"),
        (("train", "--run_dir", "x", "--seed", "1.5"), "expected an integer >= 0"),
        (("train", "--run_dir", "x", "--gin_fil", "y"), "--gin_fil"),
    ],
)
def test_wrong_command_line(arguments, message, capsys):
    assert message in _usage_error(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--gin_file", "experiments/quickstrat.gin"), "experiments/quickstart.gin"),
        (("--gin_param", "meta_train.outer_step = 3"), "'outer_steps'"),
        (("--gin_param", "meta_trian.seed = 3"), "'meta_train'"),
    ],
)
def test_wrong_configuration(tmp_path, arguments, message, experiments, capsys):
    assert _run(tmp_path / "run", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("learned-update train: error: ")
    assert f"Did you mean {message!r}" in error or f"Did you mean {message}" in error
    assert not experiments
    assert not (tmp_path / "run").exists()


def test_missing_configuration(tmp_path, capsys):
    assert _run(tmp_path) == 2
    assert "Is a --gin_file missing?" in capsys.readouterr().err


def test_seed_and_configuration_are_kept(tmp_path, experiments):
    arguments = ("--gin_file", "experiments/quickstart.gin", "--seed", "3")
    assert _run(tmp_path, *arguments) == 0
    assert experiments == [tmp_path]
    assert "meta_train.seed = 3" in (tmp_path / "config.gin").read_text()


def test_finished_run_is_not_repeated(tmp_path, experiments, capsys):
    (tmp_path / train.TABLE_FILE).write_text("| rule | 0.9 |")
    assert _run(tmp_path) == 0
    assert _run(tmp_path) == 0
    assert len(experiments) == 1
    output = capsys.readouterr().out
    assert "finished. To repeat it" in output
    assert output.count("| rule | 0.9 |") == 2


def test_other_seed_needs_another_run_directory(tmp_path, experiments, capsys):
    assert _run(tmp_path, "--seed", "1") == 0
    assert _run(tmp_path, "--seed", "2") == 2
    assert "Name another run directory" in capsys.readouterr().err


def test_interruption(tmp_path, monkeypatch, capsys):
    def interrupt(run_dir, hosts):
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "experiment", interrupt)
    assert _run(tmp_path) == 130
    assert "same command goes on" in capsys.readouterr().err
    assert not (tmp_path / train.FINISHED_FILE).exists()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_signals_have_their_own_status(tmp_path, monkeypatch, capsys, number, status):
    def stop(run_dir, hosts):
        with interruption.interruption() as asked:
            os.kill(os.getpid(), number)
            assert asked.is_set()
            raise interruption.stopped("Stopped here.", asked.by_termination)

    monkeypatch.setattr(experiment, "experiment", stop)
    assert _run(tmp_path) == status
    assert capsys.readouterr().err.endswith("\nStopped here.\n")


def test_a_second_signal_stops_at_once():
    with interruption.interruption() as asked:
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.by_termination
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert not asked.by_keyboard


def test_a_full_disk_is_one_paragraph(tmp_path, monkeypatch, capsys):
    def fill(run_dir, hosts):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(experiment, "experiment", fill)
    assert _run(tmp_path) == 1
    assert capsys.readouterr().err == (
        f"learned-update train: error: {tmp_path} could not be written. Expected: a "
        "folder with room that you may write in. Received: No space left on device. "
        "Make room there, then give the same command again: what was written before is "
        "whole.\n"
    )


def test_two_runs_in_one_directory(tmp_path, experiments, capsys):
    with ThreadPoolExecutor(1) as thread, lock.run_lock(tmp_path):
        assert thread.submit(_run, tmp_path).result() == 2
    assert f"held by process {os.getpid()} on" in capsys.readouterr().err
    assert experiments == []
    assert _run(tmp_path) == 0


def test_begin_anew_keeps_what_was(tmp_path, experiments):
    (tmp_path / "metrics.jsonl").write_text("{}\n")
    assert _run(tmp_path, "--begin_anew") == 0
    assert (tmp_path / "before_1" / "metrics.jsonl").read_text() == "{}\n"
    assert not (tmp_path / "metrics.jsonl").exists()
    assert experiments == [tmp_path]


def test_module_is_the_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "learned_update", "train", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(import_graph.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("usage: learned-update train [-h]")


def test_help_does_not_import_keras():
    script = (
        "import sys\n"
        "from learned_update.cli.main import main\n"
        "try:\n"
        "    main(['train', '--help'])\n"
        "except SystemExit:\n"
        "    print('keras' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("False\n")
    assert not done.stderr
