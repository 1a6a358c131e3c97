"""Runs on several devices or hosts are the run of one device, but for round-off."""

import numpy as np
import pytest

from learned_update.run_metrics import read_metrics
from learned_update.training import checkpoints
from learned_update.training.hosts.line import LOST
from tests.training.members import SECONDS, members

TOLERANCE = 1e-10
BACKENDS = ("jax", "tensorflow")


def finished(backend, runs, **options):
    """For every process of runs that end well, devices and theta of each."""
    with members(backend, runs, **options) as (processes, files):
        for process in processes:
            _, errors = process.communicate(timeout=SECONDS)
            assert process.returncode == 0, errors[-3000:]
    return [[result(path) for path in paths] for paths in files]


def result(path):
    with np.load(path) as arrays:
        names = [name for name in arrays.files if name != "devices"]
        return int(arrays["devices"]), [arrays[name] for name in names]


def assert_same(found, expected):
    assert len(found) == len(expected) > 0
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE)


@pytest.fixture(scope="module", params=BACKENDS)
def of_one_machine(request, tmp_path_factory):
    """Backend, folder of the runs, and theta after the runs of 1, 2 and 4 devices."""
    pytest.importorskip(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    asked = (1, 2, "auto")
    runs = [(folder / f"{devices}", devices) for devices in asked]
    for run_dir, _ in runs:
        run_dir.mkdir()
    (found,) = finished(request.param, runs, cpus=4)
    assert [devices for devices, _ in found] == [1, 2, 4]
    return request.param, folder, [theta for _, theta in found]


def test_devices_of_one_machine(of_one_machine):
    _, _, (expected, *others) = of_one_machine
    for found in others:
        assert_same(found, expected)


def test_a_host_that_is_asked_to_stop_stops_all(of_one_machine):
    backend, folder, (expected, *_) = of_one_machine
    run_dir = folder / "stopped"
    run_dir.mkdir()
    runs = [(run_dir, "auto")]
    with members(backend, runs, processes=2, signalled=("SIGTERM", 2)) as (both, _):
        for process in both:
            _, errors = process.communicate(timeout=SECONDS)
            assert process.returncode != 0
            assert "Stopped after outer step 3 of 5" in errors, errors[-3000:]
    *_, newest = checkpoints(run_dir / "checkpoints")
    assert newest.name == "outer_step_00000003.npz"

    for ((_, theta),) in finished(backend, runs, processes=2):
        assert_same(theta, expected)


def test_a_lost_host_ends_the_others_and_the_same_command_goes_on(of_one_machine):
    backend, folder, (expected, *_) = of_one_machine
    run_dir = folder / "lost"
    run_dir.mkdir()
    runs = [(run_dir, "auto")]
    with members(backend, runs, processes=2, signalled=("SIGKILL", 3)) as (
        processes,
        _,
    ):
        _, errors = processes[0].communicate(timeout=SECONDS)
        assert processes[0].returncode == LOST, errors[-3000:]
        assert "process 1 (127.0.0.1) of this run was lost" in errors
        assert "the same command" in errors
    *_, newest = checkpoints(run_dir / "checkpoints")
    assert newest.name == "outer_step_00000002.npz"

    for ((devices, theta),) in finished(backend, runs, processes=2):
        assert devices == 2
        assert_same(theta, expected)
    alone, together = (read_metrics(folder / name) for name in ("1", "lost"))
    for a, b in zip(alone, together, strict=True):
        assert a["outer_step"] == b["outer_step"]
        assert abs(a["meta_loss"] - b["meta_loss"]) < TOLERANCE
    assert len(together) == 5
