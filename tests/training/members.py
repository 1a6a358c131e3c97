"""Runs of several processes, which are always reaped."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 600


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def members(backend, runs, cpus=1, processes=1, signalled=None):
    """Starts processes that do `(run_dir, devices)` in turn, all together.

    Yields them, and for each the files of theta after each run. `signalled` names the
    signal that the last of them sends itself, and the outer step in which it does.
    """
    port = free_port()
    started, files = [], []
    for process in range(processes):
        files.append([path / f"theta_{process}.npz" for path, _ in runs])
        options = {
            "runs": [[str(path), devices] for path, devices in runs],
            "results": [str(path) for path in files[-1]],
            "cache": str(runs[0][0].parent / "compiled"),
            "cpus": cpus,
            "hosts": [f"127.0.0.1:{port}", processes, process]
            if processes > 1
            else None,
            "signalled": signalled if process == processes - 1 else None,
        }
        environment = {
            **os.environ,
            "KERAS_BACKEND": backend,
            "JAX_ENABLE_X64": "1",
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={cpus} "
            "--xla_backend_optimization_level=0",  # compiles faster
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.training.run_member"]
        started.append(
            subprocess.Popen(
                [*command, json.dumps(options)],
                env=environment,
                cwd=ROOT,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    try:
        yield started, files
    finally:
        for each in started:
            if each.poll() is None:
                each.kill()
            each.communicate()
