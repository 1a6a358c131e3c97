"""`learned-update benchmark` on the command line; nothing is measured here."""

import json

import pytest

from learned_update.benchmarks import processes
from learned_update.cli.main import main
from learned_update.errors import InvalidInputError

VARIANT = {
    "compile_s": 3.0,
    "wall_s": 0.5,
    "cpu_s": 0.8,
    "draw_s": 0.01,
    "peak_memory_gb": 1.0,
    "step_s": 0.4,
    "device_s": 0.39,
    "host_share": 0.025,
    "flops": 10**9,
    "tflops_per_s": 0.02,
    "peak_tflops_per_s": 0.1,
    "peak_share": 0.2,
    "backend": "jax",
    "device": "cpu",
}
PAIR = {
    "seconds": 0.5,
    "yardstick_s": 1.0,
    "ratio": 0.5,
    "backend": "jax",
    "device": "cpu",
}
AHEAD = {
    "topology": "v5e:2x2",
    "chips": 4,
    "device": "TPU v5 lite",
    "tasks": 16,
    "units": [64, 32],
    "batch_size": 100,
    "inputs": 768,
    "truncation_length": 10,
    "compile_s": 60.0,
    "memory_gib": 6.0,
    "arguments_gib": 1.0,
    "results_gib": 2.0,
    "temporaries_gib": 2.9,
    "code_gib": 0.1,
    "flops": 4 * 10**12,
    "on_host": [],
}


CHECKPOINTS = {
    "step_s": 0.5,
    "checkpoint_s": 0.05,
    "checkpoint_cpu_s": 0.04,
    "every": 50,
    "share": 0.002,
    "largest_share": 0.004,
    "backend": "jax",
}


@pytest.fixture
def asked(monkeypatch):
    """What measuring processes are asked for, which answer with made-up figures."""
    requests = []

    def ask(what, backend=None, environment=(), **request):
        requests.append({"what": what, "backend": backend, **request})
        if what == "variant":
            half = request["name"] == "kept"
            return {
                "variant": request["name"],
                **VARIANT,
                "step_s": 0.2 if half else 0.4,
            }
        if what == "released inner step":
            raise InvalidInputError("It is not installed.")
        return {
            "meta-gradient": PAIR,
            "matrix peak": {"tflops_per_s": 0.1, "device": "cpu"},
            "ahead of time": AHEAD,
            "checkpoint cost": CHECKPOINTS,
            "meta-losses": {
                "losses": [
                    [
                        0.5,
                        0.25 + 0.25 * seed + 0.5 * (request.get("precision") == "tf32"),
                    ]
                    for seed in request.get("seeds", ())
                ]
            },
            "scaling": {
                "size": request.get("size"),
                "values": [1, 2],
                "seconds": [0.25, 0.5],
                "exponent": 1.0,
                "backend": "jax",
                "device": "cpu",
            },
        }[what]

    monkeypatch.setattr(processes, "ask", ask)
    return requests


def test_tables(asked, capsys):
    assert main(["benchmark", "--backend", "jax"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| variant | compile_s | wall_s |")
    assert [line.split(" | ")[0] for line in lines[2:6]] == [
        "| rematerialised",
        "| kept",
        "| one task at a time",
        "| augmented",
    ]
    assert "| 0.2 (0.50x) |" in lines[3]
    assert lines[2].endswith("| 2.5% | 0.02 | 20.0% |")
    assert lines[6:] == [
        "released inner step: not measured. It is not installed.",
        "meta-gradient: 0.5 s, yardstick 1 s, ratio 0.50 (jax, cpu)",
        "matrix peak: 0.1 TFLOP/s (cpu)",
    ]
    backends = {request["what"]: request["backend"] for request in asked}
    assert backends == {
        "variant": "jax",
        "released inner step": "jax",
        "meta-gradient": "jax",
        "matrix peak": "jax",
    }


def test_yardstick_in_plain_jax_needs_jax(asked, capsys):
    options = ["--backend", "tensorflow", "--variants"]
    assert main(["benchmark", *options, "released inner step", "meta-gradient"]) == 0
    backends = {request["what"]: request["backend"] for request in asked}
    assert backends == {"released inner step": "tensorflow", "meta-gradient": "jax"}


def test_json(asked, capsys):
    options = ["--json", "--variants", "kept", "meta-gradient", "--width", "24"]
    assert main(["benchmark", *options]) == 0
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    kept, pair = lines
    assert kept.keys() == {"variant", *VARIANT}
    assert pair == {"variant": "meta-gradient", **PAIR}
    assert asked[0]["backend"] is None
    assert asked[0]["configuration"] == {
        "tasks": 8,
        "truncation_length": 8,
        "width": 24,
        "depth": 3,
        "batch_size": 64,
        "size": 8,
    }


def test_profile(asked, tmp_path):
    folder = tmp_path / "traces"
    options = ["--profile", str(folder), "--variants", "kept"]
    assert main(["benchmark", *options]) == 0
    assert asked[0]["profile"] == str(folder / "kept")


def test_checkpoints(asked, capsys):
    options = ["benchmark", "--checkpoints", "--width", "24"]
    assert main(options) == 0
    assert capsys.readouterr().out == (
        "outer step: 0.5 s; a checkpoint adds 50 ms (40 ms of a core): 0.20% of a step "
        "at checkpoint_every = 50 (dearest round 0.40%; jax)\n"
    )
    assert asked[0]["configuration"]["width"] == 24
    assert main([*options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == CHECKPOINTS
    assert main([*options, "--outer_steps", "1"]) == 2
    assert "outer_steps >= 2" in capsys.readouterr().err


def test_scaling(asked, tmp_path, capsys):
    path = tmp_path / "scaling.png"
    assert main(["benchmark", "--scaling", str(path)]) == 0
    assert [request["size"] for request in asked] == [
        "tasks",
        "truncation_length",
        "width",
        "depth",
    ]
    assert "tasks: exponent 1.00 (1: 0.25 s, 2: 0.5 s)" in capsys.readouterr().out
    assert path.read_bytes().startswith(b"\x89PNG")
    assert main(["benchmark", "--scaling", str(path)]) == 2
    assert "--force" in capsys.readouterr().err


def test_ahead_of_time(asked, capsys):
    assert main(["benchmark", "--aot", "v5e:2x2"]) == 0
    output = capsys.readouterr().out
    assert "memory per chip: 6.00 GiB: 1.00 arguments" in output
    assert "matrix products: 4e+12 FLOPs, 1e+12 per chip" in output
    assert "on the host: nothing" in output
    assert asked[0]["backend"] == "jax"
    assert asked[0]["gin_files"] == ["experiments/paper.gin"]


@pytest.mark.parametrize(
    ("option", "said"),
    [("--outer_steps", "outer_steps >= 1"), ("--batch_size", "batch_size >= 2")],
)
def test_numbers_that_make_no_sense(asked, capsys, option, said):
    assert main(["benchmark", option, "0"]) == 2
    assert said in capsys.readouterr().err
    assert asked == []


def test_a_process_says_what_was_wrong():
    with pytest.raises(InvalidInputError, match="no code here for the Keras backend"):
        processes.ask("matrix peak", "numpy")


def test_a_process_that_fails():
    with pytest.raises(OSError, match="measured 'nothing' ended with status 1"):
        processes.ask("nothing", "tensorflow")


def test_precisions(asked, capsys):
    options = ["--precisions", "2", "--outer_steps", "100", "--tasks", "2"]
    assert main(["benchmark", *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [request["precision"] for request in asked] == [
        "float32",
        "tf32",
        "bfloat16",
    ]
    assert all(request["seeds"] == [0, 1] for request in asked)
    assert all(request["outer_steps"] == 100 for request in asked)
    assert all(request["configuration"]["tasks"] == 2 for request in asked)
    assert lines[3] == "| tf32 | 0.6875 | +0.2500 | 0.0884 | 0.2500 | no |"
    assert lines[4] == "| bfloat16 | 0.4375 | +0.0000 | 0.0884 | 0.0000 | yes |"


def test_precisions_of_one_seed(capsys):
    assert main(["benchmark", "--precisions", "1"]) == 2
    assert "One seed has no spread." in capsys.readouterr().err
