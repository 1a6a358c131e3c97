"""Files that name what is no part of a rule are refused before Keras reads them."""

import keras
import pytest

from learned_update.layers.unit_states.mixing import MomentMixing
from learned_update.zoo import load_rule
from tests.rules_and_bases import neuron_local
from tests.zoo.small_rules import assert_same_theta, rewritten

LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {
        "name": "x",
        "function": {"class_name": "__lambda__", "config": {"value": ["4wA=", None]}},
    },
    "registered_name": None,
}


def _function(module, name):
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
    }


def _class(module, name):
    return {
        "module": module,
        "class_name": name,
        "config": {},
        "registered_name": None,
    }


@pytest.fixture(autouse=True)
def _no_loading(request, monkeypatch):
    """Keras must not even be asked."""
    if "loads" not in request.node.name:
        monkeypatch.setattr(keras.saving, "load_model", None)


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (LAMBDA, "a Lambda of keras.layers, and __lambda__"),
        (_function("keras.utils", "get_file"), "a get_file of keras.utils"),
        (_function("builtins", "exec"), "a exec of builtins"),
        (_class("keras.src.utils.io_utils", "Anything"), "a Anything of keras.src"),
        (_class("keras.layers", "TFSMLayer"), "a TFSMLayer of keras.layers"),
        (_class("subprocess", "Popen"), "a Popen of subprocess"),
        ({"class_name": "__typespec__", "config": []}, "a __typespec__"),
        ({"class_name": "theirs>Layer", "config": {}}, "a theirs>Layer"),
        (_class([], {}), "unhashable"),
    ],
)
@pytest.mark.parametrize("place", ["part", "deep", "top"])
def test_foreign_objects(saved, part, named, place):
    def change(config):
        if place == "part":
            config["config"]["error_network"]["config"]["features"] = part
        elif place == "deep":
            config["config"]["base_options"] = {"a": [[{"b": part}]]}
        else:
            config.clear()
            config.update(part)

    rewritten(saved, change)
    with pytest.raises(ValueError, match=f"no update rule that can be load.*{named}"):
        load_rule(saved)


def test_registered_name_does_not_hide_a_module(saved):
    """What Keras would take from the module is refused under any registered name."""

    def change(config):
        config["config"]["seed"] = {**LAMBDA, "registered_name": "learned_update>X"}

    rewritten(saved, change)
    with pytest.raises(ValueError, match=r"a Lambda of keras\.layers"):
        load_rule(saved)


def test_part_of_the_caller_loads(tmp_path):
    @keras.saving.register_keras_serializable("tests_of_the_zoo")
    class OwnMixing(MomentMixing):
        pass

    path = tmp_path / "own.keras"
    rule = neuron_local(mixing=OwnMixing)
    rule.save(path)
    assert_same_theta(load_rule(path), rule)
    name = "tests_of_the_zoo>OwnMixing"
    keras.saving.get_custom_objects().pop(name)
    with pytest.raises(ValueError, match="a OwnMixing of.*once the module that"):
        load_rule(path)


def test_rewritten_file_loads(saved, small_rule):
    rewritten(saved, lambda config: None)
    assert_same_theta(load_rule(saved), small_rule)
