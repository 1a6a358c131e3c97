"""`learned-update few-shot`, from the command line to its files."""

import gin
import numpy as np
import pytest

from learned_update import configuration
from learned_update.cli import main
from learned_update.cli.verbs.few_shot import CHECKPOINT_FILE, LEARNER_FILE
from learned_update.few_shot import METHODS, load_learner
from learned_update.registration import configure

FORM = ["--ways", "3", "--shots", "1", "--queries", "2"]


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A file with a part of Omniglot: three characters to train, three to test on."""
    path = tmp_path_factory.mktemp("omniglot") / "part.npz"
    rng = np.random.default_rng(0)
    images = np.repeat(rng.integers(0, 2, (6, 28, 28)) * 255, 4, axis=0)
    names = [
        f"{name}/character0{n}" for name in ("Greek", "Tagalog") for n in (1, 2, 3)
    ]
    np.savez(
        path,
        x28=images.astype("uint8"),
        char=np.repeat(np.arange(6, dtype="uint16"), 4),
        char_names=np.array([*names[:5], "Sanskrit/character01"]),
    )
    return str(path)


@pytest.fixture(scope="module")
def run_dir(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "prototypical"
    assert main.main(train(data, folder)) == 0
    return folder


def train(data, folder, method="prototypical", *more):
    given = ["few-shot", "train", "--method", method, "--data", data]
    given += ["--run_dir", str(folder), "--steps", "3", *FORM]
    mlp = ["--gin_param", "few_shot_learner.embedding = 'mlp'"]
    return [*given, *mlp, *more]


def test_train_and_evaluate(data, run_dir, tmp_path, capsys):
    assert (run_dir / CHECKPOINT_FILE).is_file()
    assert "few_shot_train.steps = 3" in (run_dir / "config.gin").read_text()
    learner = load_learner(run_dir / LEARNER_FILE, "prototypical")
    assert (learner.ways, learner.embedding_kind) == (3, "mlp")
    given = ["few-shot", "evaluate", "--learner", str(run_dir), "--data", data]
    given += ["--episodes", "3", "--output", str(tmp_path), *FORM]
    assert main.main(given) == 0
    said = capsys.readouterr().out
    assert "3 fixed episodes of part, 3-way, 1-shot, 2 queries per class" in said
    assert f"| {run_dir} | prototypical | inductive | 100.0 ± 0.0 |" in said
    assert main.main(given) == 2
    assert "exists already" in capsys.readouterr().err
    assert main.main([*given, "--force", "--method", "maml"]) == 2
    assert "another method. Expected: maml. Received: prototypical." in (
        capsys.readouterr().err
    )


def test_the_same_command_goes_on_and_another_configuration_is_refused(
    data, run_dir, capsys
):
    before = load_learner(run_dir / LEARNER_FILE)
    assert main.main(train(data, run_dir)) == 0
    after = load_learner(run_dir / LEARNER_FILE)
    for one, other in zip(before.weights, after.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert main.main(train(data, run_dir, "prototypical", "--seed", "4")) == 2
    assert "holds a run with another configuration" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"method": "protypical"},
            "Received: 'protypical'. Did you mean 'prototypical",
        ),
        ({"data": "missing.npz"}, "There is no file missing.npz. Expected"),
        ({"more": ("--ways", "13")}, "too few classes for an episode"),
        ({"more": ("--shots", "3")}, "has too few examples for an episode"),
        ({"method": "rule-ridge"}, "A rule-ridge learner needs a rule"),
        ({"data": "digits"}, "is not said"),
    ],
)
def test_wrong_command_lines(change, message, data, tmp_path, capsys):
    given = {"data": data, "method": "prototypical", "more": (), **change}
    folder = tmp_path / "run"
    command = train(given["data"], folder, given["method"], *given["more"])
    if given["method"] == "rule-ridge":
        command = command[:-2]
    assert main.main(command) == 2
    assert message in capsys.readouterr().err


def test_a_rule_is_taken_as_it_is(data, tmp_path, capsys):
    folder = tmp_path / "run"
    command = train(data, folder, "rule-ridge")[:-2]
    assert main.main([*command, "--rule", "glyphs"]) == 0
    assert capsys.readouterr().out == f"Wrote {folder / LEARNER_FILE}.\n"
    learner = load_learner(folder / LEARNER_FILE, "rule-ridge")
    assert (learner.inner_steps, learner.parameters) == (100, 4817)


def test_every_method_has_a_file_and_every_file_a_method():
    files = [name for name in configuration.gin_files() if name.startswith("few_shot/")]
    found = set()
    for name in files:
        configure(name)
        found.add(gin.query_parameter("few_shot_learner.method"))
    assert found == set(METHODS)
