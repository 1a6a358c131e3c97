"""After an error or an interrupt an encoder is as it was before."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from learned_update.estimator import fitted


@pytest.fixture
def interrupted(monkeypatch):
    class Interrupted:
        def stages(self, *_, **__):
            raise KeyboardInterrupt

    def interrupt():
        monkeypatch.setattr(fitted, "compiled_trainer", lambda *_: Interrupted())

    return interrupt


REFUSED = [
    (lambda x: np.ones((9, 6)), "fit", "All rows of x are equal"),
    (lambda x: np.ones((9, 3)), "fit", "All rows of x are equal"),
    (lambda x: np.full((9, 6), 1e3), "partial_fit", "All rows of x are equal"),
    (lambda x: x[:, :3], "partial_fit", "X has 3 features.*expecting 6"),
    (lambda x: np.column_stack([x, x]), "partial_fit", "X has 12 features"),
    (lambda x: np.where(x > 0, np.nan, x), "partial_fit", "contains NaN"),
    (lambda x: np.where(x > 0, np.nan, x)[:, :3], "fit", "contains NaN"),
    (lambda x: x[:1], "partial_fit", "minimum of 2"),
    (lambda x: x[:1, :2], "fit", "minimum of 2"),
    (lambda x: x[0], "partial_fit", "Expected 2D array"),
]


@pytest.mark.parametrize(("change", "method", "message"), REFUSED)
def test_refused_rows_change_nothing(encoder, rows, change, method, message):
    encoder.set_params(steps=1).fit(rows)
    before = dict(vars(encoder))
    features = encoder.transform(rows)
    with pytest.raises(ValueError, match=message):
        getattr(encoder, method)(change(rows))
    after = vars(encoder)
    assert after.keys() == before.keys()
    assert all(after[name] is value for name, value in before.items())
    np.testing.assert_array_equal(encoder.transform(rows), features)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_an_interrupt_changes_nothing(encoder, rows, interrupted, method):
    encoder.set_params(steps=1).fit(rows)
    before = dict(vars(encoder))
    interrupted()
    width = {"fit": 3, "partial_fit": 6}[method]
    with pytest.raises(KeyboardInterrupt):
        getattr(encoder, method)(rows[:, :width])
    assert all(vars(encoder)[name] is value for name, value in before.items())
    assert encoder.transform(rows).shape == (300, 5)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_first_call_that_fails_leaves_it_unfitted(
    encoder, rows, method, interrupted, monkeypatch
):
    before = dict(vars(encoder))
    with pytest.raises(ValueError, match="All rows of x are equal"):
        getattr(encoder, method)(np.ones((9, 3)))
    assert vars(encoder) == before
    interrupted()
    with pytest.raises(KeyboardInterrupt):
        getattr(encoder, method)(rows[:, :4])
    assert vars(encoder) == before
    with pytest.raises(NotFittedError, match="not fitted yet"):
        encoder.transform(rows)
    monkeypatch.undo()
    assert encoder.partial_fit(rows).transform(rows).shape == (300, 5)


def test_a_wrong_parameter_changes_nothing(encoder, rows):
    encoder.set_params(steps=1).fit(rows)
    features = encoder.transform(rows)
    for method in (encoder.fit, encoder.partial_fit):
        encoder.set_params(batch_size=0)
        with pytest.raises(ValueError, match="batch_size is out of its range"):
            method(rows[:, :3])
        np.testing.assert_array_equal(encoder.transform(rows), features)
