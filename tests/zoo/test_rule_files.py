"""Rules on disk: what is missing, broken or foreign is refused."""

import keras
import numpy as np
import pytest

import learned_update as lu
from tests.damage import damaged, outcome
from tests.rules_and_bases import neuron_local


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "rule.keras"
    neuron_local().save(path)
    return path


def test_a_run_directory_is_its_rule(saved):
    for a, b in zip(
        lu.load_rule(saved.parent).get_weights(),
        lu.load_rule(str(saved)).get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


def test_missing_rule(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no rule.*learned-update tr"):
        lu.load_rule(tmp_path / "nothing.keras")
    with pytest.raises(FileNotFoundError, match="run directory with rule.keras"):
        lu.load_rule(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_truncated_rule(saved, tmp_path, share):
    content = saved.read_bytes()
    path = tmp_path / "cut.keras"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="holds no update rule that can be loaded"):
        lu.load_rule(path)


@pytest.mark.parametrize(
    ("begin", "end", "every"), [(0, 2000, 37), (2000, -600, 2503), (-600, None, 97)]
)
def test_a_changed_byte_is_refused_or_changes_nothing(
    saved, tmp_path, begin, end, every
):
    content = saved.read_bytes()
    expected = lu.load_rule(saved).get_weights()
    path = tmp_path / "rule.keras"
    outcomes = set()
    for _, changed in damaged(content[begin:end], every, masks=(0x01,)):
        path.write_bytes(content[:begin] + changed + content[begin:][len(changed) :])
        rule, error = outcome(lu.load_rule, path)
        if error:
            said = f"{path} holds no update rule that can be loaded"
            assert str(error).startswith(said)
            outcomes.add("refused")
        else:
            for a, b in zip(rule.get_weights(), expected, strict=True):
                np.testing.assert_array_equal(a, b)
            outcomes.add("sound")
    assert "refused" in outcomes


def test_foreign_model(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    with pytest.raises(ValueError, match="no update rule.*a Sequential"):
        lu.load_rule(path)


def test_other_suffix(tmp_path):
    with pytest.raises(ValueError, match="ends with .keras.*rule.h5"):
        neuron_local().save(tmp_path / "rule.h5")
    assert list(tmp_path.iterdir()) == []
