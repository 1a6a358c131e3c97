"""The verb `export`: what it writes, says and refuses."""

import keras
import numpy as np
import pytest

from learned_update.cli import main
from learned_update.layers import local_rule
from tests.rules_and_bases import INPUTS, batch, released

VERB = "export"

if keras.backend.backend() != "tensorflow":
    pytest.skip("SavedModels are written by TensorFlow", allow_module_level=True)


@pytest.fixture(autouse=True)
def _verb(monkeypatch):
    if VERB not in main.VERBS:
        monkeypatch.setattr(main, "VERBS", (*main.VERBS, VERB))


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    local_rule("oja").save(folder / "oja.keras")  # which compiles in no time
    released("float32", embedding_units=4).save(folder / "released.keras")
    return folder


def run(rule, output, *arguments, units=("4",)):
    required = ["--rule", str(rule), "--output", str(output), "--units", *units]
    return main.main([VERB, *required, *arguments])


def test_saved_model_is_written_and_overwritten_on_demand(rules, tmp_path, capsys):
    import tensorflow as tf

    output = tmp_path / "exported"
    rule = rules / "oja.keras"
    assert run(rule, output, "--activation", "step") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"In {output}: init(seed, input_dim)")
    assert not printed.err
    loaded = tf.saved_model.load(str(output))
    phi = loaded.init(0, INPUTS)
    assert set(phi) == {"kernel_0", "bias_0", "feedback_0"}
    features = loaded.embed(phi, batch(dtype="float32")).numpy()
    assert set(np.unique(features)) == {0.0, 1.0}

    assert run(rule, output) == 2
    assert "exported exists already" in capsys.readouterr().err
    assert run(rule, output, "--force", units=("3", "2")) == 0
    assert "kernel_1" in tf.saved_model.load(str(output)).init(0, INPUTS)


@pytest.mark.parametrize(
    ("rule", "arguments", "status", "message"),
    [
        ("nothing.keras", (), 1, "There is no rule"),
        ("oja.keras", ("--activation", "relo"), 2, "activation='relo'"),
        ("oja.keras", ("--activation", "get"), 2, "activation='get'"),
        ("oja.keras", ("--units", "0"), 2, "at least one unit"),
        ("released.keras", ("--units", "6", "5"), 2, "units[-1] = 4"),
    ],
)
def test_refused(rules, tmp_path, capsys, rule, arguments, status, message):
    assert run(rules / rule, tmp_path / "exported", *arguments) == status
    error = capsys.readouterr().err
    assert error.startswith("learned-update export: error: ")
    assert message in error
    assert not list(tmp_path.iterdir())


def test_folder_of_something_else_is_kept(rules, tmp_path, capsys):
    (tmp_path / "thesis.tex").touch()
    assert run(rules / "oja.keras", tmp_path, "--force") == 2
    assert "holds something else than an export" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_unwritable_path(rules, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert run(rules / "oja.keras", tmp_path / "file" / "exported") == 1
    assert "file" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["--rule", "--units", "--output"])
def test_required_options(missing, capsys):
    options = {"--rule": "glyphs", "--units": "4", "--output": "exported"}
    del options[missing]
    with pytest.raises(SystemExit) as caught:
        main.main([VERB, *(part for option in options.items() for part in option)])
    assert caught.value.code == 2
    assert missing in capsys.readouterr().err
