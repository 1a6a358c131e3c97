"""The authors' variables: names and shapes tell the sizes; misfits are refused."""

import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.layers.forms import released_parts
from tests.rules_and_bases import released


def variables(rule):
    """The rule's theta under the authors' names."""
    names = lu.released_variable_names(rule)
    values = (ops.convert_to_numpy(v) for v in rule.trainable_variables)
    return dict(zip(names, values, strict=True))


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"identical_updates": False},
        {"depth": 2, "top_depth": 1, "embedding_units": 4},
    ],
    ids=["default", "feedback of its own", "other depths"],
)
def test_round_trip(sizes):
    rule = released(**sizes)
    loaded = lu.load_released_rule(
        variables(rule), inner_learning_rate=0.05, dtype="float64"
    )
    assert loaded.inner_learning_rate == 0.05
    assert lu.released_variable_names(loaded) == lu.released_variable_names(rule)
    for a, b in zip(rule.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_default_sizes_are_those_of_the_published_rule():
    rule = lu.UpdateRule(**released_parts())
    assert len(rule.trainable_variables) == 72
    assert rule.count_params() == 114_670


def test_scope_suffix_and_inert_variables_do_not_matter():
    named = variables(released())
    plain = {k.split("Process/")[1] + ":0": v for k, v in named.items()}
    plain["batch_norm/moving_mean:0"] = np.zeros((1, 1, 8))
    plain["global_step"] = np.int64(7)
    loaded = lu.load_released_rule(plain, dtype="float64")
    for name, value in variables(loaded).items():
        np.testing.assert_array_equal(value, named[name])


def without(named, part):
    return {k: v for k, v in named.items() if part not in k}


def test_misfits_are_refused():
    named = variables(released())
    scope = next(iter(named)).split("/")[0]
    with pytest.raises(ValueError, match="missing: bias_readout/w; unknown: none"):
        lu.load_released_rule(without(named, "bias_readout/w"))
    with pytest.raises(ValueError, match="missing: linear/w"):
        lu.load_released_rule({k: v for k, v in named.items() if "linear/w" not in k})
    with pytest.raises(ValueError, match="unknown: extra/w"):
        lu.load_released_rule({**named, f"{scope}/extra/w": np.zeros(3)})
    shape = {**named, f"{scope}/bias_readout/w": np.zeros((9, 1))}
    with pytest.raises(ValueError, match=r"bias_readout/w.*\(6, 1\).*\(9, 1\)"):
        lu.load_released_rule(shape)
    broken = {**named, f"{scope}/bias_readout/w": np.full((6, 1), np.nan)}
    with pytest.raises(ValueError, match="with NaN"):
        lu.load_released_rule(broken)
    with pytest.raises(FileNotFoundError, match="no TensorFlow checkpoint nowhere"):
        lu.load_released_rule("nowhere.ckpt")


def test_truncated_checkpoint(tmp_path):
    (tmp_path / "a.ckpt.index").write_bytes(b"not an index")
    with pytest.raises(ValueError, match=r"a\.ckpt cannot be read.*Download it again"):
        lu.load_released_rule(tmp_path / "a.ckpt")
