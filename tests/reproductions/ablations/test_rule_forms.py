"""Forms of the rule: what each builds, and one comparison from runs to the table."""

import gin
import numpy as np
import pytest

import learned_update as lu
from learned_update import configuration
from learned_update.evaluation import Protocol
from learned_update.layers.forms import neuron_local_parts
from learned_update.layers.rules import configured_rule
from learned_update.registration import register_all
from learned_update.reproductions.ablations import scores as scoring
from learned_update.reproductions.ablations.comparison import UNTRAINED
from learned_update.reproductions.ablations.forms import (
    FORMS,
    PLAIN,
    chosen_forms,
    form_bindings,
)
from learned_update.reproductions.ablations.rule_forms import rule_forms
from learned_update.reproductions.shared.scoring import RANDOM
from tests.reproductions.ablations.programs import SMALL

QUICKSTART = "experiments/quickstart.gin"


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def described(form):
    """What the configuration of a form builds."""
    register_all()
    configuration.load([QUICKSTART], form_bindings(form))
    rule = configured_rule()
    errors, change = rule.error_network, rule.update_network.weight_change
    rate = rule.rate
    return {
        "clock": rule.clock is not None,
        "momentum": rule.momentum is not None,
        "by place": getattr(rate, "by_place", False),
        "own leak": getattr(rate, "own_leak", False),
        "rates see time": getattr(rate, "functions", 0) > 0,
        "aligned": rule.base_options.get("feedback_alignment", 0.0),
        "contrast": errors.contrast is not None,
        "moments": errors.features.moments,
        "more terms": change.terms[12:],
        "sizes": (
            errors.unit_network.layers[1].channels,
            errors.delta_readout.channels,
            change.rank,
        ),
    }


PLAIN_PARTS = {
    "clock": False,
    "momentum": False,
    "by place": False,
    "own leak": False,
    "rates see time": False,
    "aligned": 0.0,
    "contrast": False,
    "moments": (),
    "more terms": (),
    "sizes": (16, 8, 2),
}
COMPETITION = ("winner_soft", "winner_hard", "contested")
WHITENING = ("decorr_square", "decorr_lower")
ADDS = {
    PLAIN: {},
    "time": {"clock": True},
    "time, also in rates": {"clock": True, "rates see time": True},
    "rates by place": {"by place": True},
    "leak of its own": {"own leak": True},
    "rates and leak by place": {"by place": True, "own leak": True},
    "momentum": {"momentum": True},
    "feedback aligned by half": {"aligned": 0.5},
    "feedback from the kernels": {"aligned": 1.0},
    "error as contrast": {"contrast": True},
    "skewness and kurtosis": {"moments": (3, 4)},
    "competition": {"more terms": COMPETITION},
    "whitening": {"more terms": WHITENING},
    "reconstruction": {"more terms": ("reconstruction",)},
    "32 channels": {"sizes": (32, 8, 2)},
    "64 channels": {"sizes": (64, 8, 2)},
    "16 delta channels": {"sizes": (16, 16, 2)},
    "readouts of rank 8": {"sizes": (16, 8, 8)},
    "all options": {
        "clock": True,
        "momentum": True,
        "by place": True,
        "own leak": True,
        "rates see time": True,
        "aligned": 0.5,
        "contrast": True,
        "moments": (3, 4),
        "more terms": (*COMPETITION, *WHITENING, "reconstruction"),
    },
}


def test_a_form_adds_its_option_and_nothing_else():
    assert set(ADDS) == set(FORMS)
    for form, added in ADDS.items():
        gin.clear_config()
        assert described(form) == {**PLAIN_PARTS, **added}, form


def test_the_plain_rule_is_the_rule_of_the_configuration():
    register_all()
    configuration.load([QUICKSTART], form_bindings(PLAIN))
    plain = configured_rule()
    parts = neuron_local_parts()
    assert plain.state == ()
    for a, b in zip(
        plain.get_weights(), lu.UpdateRule(**parts).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_names():
    assert chosen_forms()[0] == PLAIN
    assert chosen_forms(["momentum"]) == (PLAIN, "momentum")
    with pytest.raises(ValueError, match="no form of the rule 'momentm'.*'momentum'"):
        chosen_forms(["momentm"])


@pytest.mark.usefixtures("program")
def test_differences_are_paired_and_scores_are_kept(tmp_path, monkeypatch):
    arguments = {
        "folder": tmp_path,
        "forms": ("momentum",),
        "seeds": (0, 1),
        "datasets": ("digits",),
        "steps": 3,
        "progress": False,
        **SMALL,
    }
    found = rule_forms(None, "glyphs", **arguments)
    rows = {row[1]: dict(zip(found.columns, row, strict=True)) for row in found.rows}
    assert list(rows) == [PLAIN, "momentum", UNTRAINED, RANDOM]
    assert rows["momentum"]["seeds"] == 2
    assert rows["momentum"]["difference"] == 0.0  # the program gives the same rules
    assert rows[RANDOM]["difference"] != 0.0
    assert "300 outer steps of experiments/quickstart.gin" in found.settings
    assert str(Protocol(**SMALL)) in found.settings
    for seed in (0, 1):
        starts = tmp_path / "rule-forms" / "momentum" / f"seed_{seed}" / "starts"
        assert starts.read_text().split() == ["started"]

    def never(*_):
        raise AssertionError("scored again")

    monkeypatch.setattr(scoring, "before_and_after", never)
    again = rule_forms(None, "glyphs", **arguments)
    assert repr(again.rows) == repr(found.rows)
    with pytest.raises(AssertionError, match="scored again"):
        rule_forms(None, "glyphs", **{**arguments, "steps": 4})
