"""scikit-learn's own checks."""

import pytest
from sklearn.utils.estimator_checks import check_estimator

from learned_update.estimator import LearnedUpdateEncoder

_NEEDS_OTHER_SETTINGS = {"check_array_api_input"}  # SCIPY_ARRAY_API before SciPy loads
_NEEDS_OTHER_LIBRARIES = {
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
}


@pytest.mark.parametrize("form", ["file", "object"])
def test_scikit_learns_checks(rule_path, unbound_rule, form):
    rule = rule_path if form == "file" else unbound_rule
    encoder = LearnedUpdateEncoder(rule, units=(4,), steps=3, batch_size=16)
    results = check_estimator(encoder, on_skip=None)
    others = {
        result["check_name"] for result in results if result["status"] != "passed"
    }
    assert others <= _NEEDS_OTHER_SETTINGS | _NEEDS_OTHER_LIBRARIES
