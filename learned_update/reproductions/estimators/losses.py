"""Meta-losses of runs, measured in a process that is configured as they were."""

import json
import os
import subprocess
import sys

from learned_update.errors import InvalidInputError

PROGRAM = (sys.executable, "-W", "ignore", "-m", "learned_update.diagnosis")


def checkpoint_losses(run_dirs, tasks, steps):
    """As `diagnosis.losses.checkpoint_losses`, with integers as outer steps.

    Raises:
        ValueError: as there.
        OSError: the process ended early; what it said is on standard error.
    """
    request = {"run_dirs": list(map(str, run_dirs)), "tasks": tasks, "steps": steps}
    done = subprocess.run(
        [*PROGRAM, json.dumps(request)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,  # libraries say much while they are loaded
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise OSError(f"Measuring losses ended with status {done.returncode}.")
    found = json.loads(done.stdout.splitlines()[-1])
    if "error" in found:
        raise InvalidInputError(found["error"])
    return {
        run_dir: {int(step): losses for step, losses in rows.items()}
        for run_dir, rows in found.items()
    }
