"""The manifests of `tools/launch` as far as one machine can check them."""

import os
import pathlib
import re
import subprocess

import pytest

from learned_update.cli.main import _parser
from learned_update.training.hosts.options import host_options

ROOT = pathlib.Path(__file__).parents[1]
LAUNCH = ROOT / "tools" / "launch"
FOUND_BY_SHELL = {  # what the machines around say, and programs that ask them
    "scontrol": '[[ $1 == show ]] && printf "node1\\nnode2\\n" || echo "$@" >&2',
    "srun": 'shift; SLURM_PROCID=1 exec "$@"',
    "gcloud": 'command=${!#}; exec bash -c "${command#--command=}"',
    "curl": 'case "${!#}" in *number) echo 1;; '
    "*endpoints) echo a:b:10.0.0.5,c:d:10.0.0.6;; esac",
    "learned-update": 'printf "%s\\n" "$@"',
}


@pytest.fixture
def environment(tmp_path):
    """Programs of clusters that only say what they are asked."""
    for name, body in FOUND_BY_SHELL.items():
        program = tmp_path / name
        program.write_text(f"#!/usr/bin/env bash\n{body}\n")
        program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "SLURM_JOB_NODELIST": "node[1-2]",
        "SLURM_JOB_ID": "123",
        "SLURM_NTASKS": "2",
        "JOB_COMPLETION_INDEX": "1",
        "PROCESSES": "2",
    }


def options(command, environment):
    """What `learned-update` is called with, by the product's own parser."""
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return _parser().parse_args(done.stdout.splitlines())


def checked(found, coordinator):
    """That this is process 1 of 2, of a run with a name in two words."""
    assert host_options(found.coordinator, found.processes, found.process) == (
        coordinator,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("command", "coordinator"),
    [
        (["slurm.sbatch"], "node1:10123"),
        (["tpu_vm", "name", "zone"], "10.0.0.5:4321"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else None,
)
def test_scripts_call_train(environment, command, coordinator):
    name, *arguments = command
    binding = "meta_train.rule = @update_rule"
    rest = ["/runs/two words", "--gin_param", binding]
    found = options(
        ["bash", str(LAUNCH / name), *arguments, *rest],
        environment,
    )
    assert found.run_dir == "/runs/two words"
    assert found.gin_param == [binding]
    checked(found, coordinator)


def test_jobset_calls_train(environment):
    yaml = pytest.importorskip("yaml")
    jobset = yaml.safe_load((LAUNCH / "jobset.yaml").read_text(encoding="utf-8"))
    name = jobset["metadata"]["name"]
    (job,) = jobset["spec"]["replicatedJobs"]
    spec = job["template"]["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    given = {each["name"]: each["value"] for each in container["env"]}
    assert int(given["PROCESSES"]) == spec["parallelism"] == spec["completions"] == 2
    assert spec["completionMode"] == "Indexed"
    assert job["replicas"] == 1
    found = options(container["command"], {**environment, **given})
    (mount,) = container["volumeMounts"]
    assert found.run_dir.startswith(mount["mountPath"])
    checked(found, f"{name}-{job['name']}-0-0.{name}:4321")


def test_each_is_explained():
    page = (ROOT / "docs" / "hosts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`tools/launch/([\w.]+)`", page))
    assert named == {path.name for path in LAUNCH.iterdir()}
