#!/usr/bin/env python3
"""Runs the numerical tests as other processors would compute them.

Every setting chooses other kernels of the libraries, which sum in other orders, or
another backend. It is an environment of its own process, so one machine shows what
holds on others.

usage: tools/test --arithmetic [--settings NAME ...] [-- any option of pytest]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]


def _threads(count):
    names = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return dict.fromkeys(names, str(count))


SETTINGS = {
    "as installed": {},
    "onednn-avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "onednn-sse41": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    "no-onednn": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "xla-sse4": {"XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2"},
    "openblas-haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "one-thread": _threads(1),
    "two-threads": _threads(2),
    "oldest": {  # all that is far from a new processor, at once
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
        "OPENBLAS_CORETYPE": "Nehalem",
        **_threads(1),
    },
    "jax": {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_ENABLE_X64": "1",
    },
}
NUMERICAL = (
    "tests/golden",
    "tests/ops",
    "tests/layers",
    "tests/meta",
    "tests/training",
    "tests/baselines",
    "tests/estimator",
    "tests/export",
    "tests/evaluation",
    "tests/test_meta_gradient.py",
    "tests/test_reference.py",
)
TESTS = {  # of settings that do not run them all
    "jax": ("tests/golden", "tests/ops", "tests/layers/bases/test_mlp.py"),
}
COLUMNS = ("passed", "failed", "skipped", "seconds")


def run(setting, options):
    """Runs pytest in one setting.

    Returns:
        `{column: number}` of `COLUMNS`; None if pytest did not get as far as a report.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-rs", f"--junitxml={report}"]
        command += ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]
        subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, **SETTINGS[setting]},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if not report.is_file():
            return None
        suite = ElementTree.parse(report).getroot().find("testsuite")
    number = {name: float(suite.get(name)) for name in ("tests", "skipped", "time")}
    failed = float(suite.get("failures")) + float(suite.get("errors"))
    return {
        "passed": number["tests"] - failed - number["skipped"],
        "failed": failed,
        "skipped": number["skipped"],
        "seconds": number["time"],
    }


def table(results):
    """The lines of the table of results by setting."""
    width = max(map(len, results))
    yield " ".join(["setting".ljust(width), *(name.rjust(8) for name in COLUMNS)])
    for setting, found in results.items():
        numbers = [f"{found[c]:.0f}" if found else "no report" for c in COLUMNS]
        yield " ".join([setting.ljust(width), *(text.rjust(8) for text in numbers)])


def main():
    """Runs every setting that is asked for and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument("pytest", nargs="*")
    arguments = parser.parse_args()
    results = {}
    for setting in arguments.settings:
        print(f"== {setting}: {SETTINGS[setting]}", flush=True)
        tests = arguments.pytest or TESTS.get(setting, NUMERICAL)
        results[setting] = run(setting, tests)
    print("\n".join(table(results)))
    return int(any(found is None or found["failed"] for found in results.values()))


if __name__ == "__main__":
    sys.exit(main())
