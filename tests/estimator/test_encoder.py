"""The encoder: what it computes, alone and inside scikit-learn's machinery."""

import pickle

import keras
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import learned_update as lu
from learned_update.estimator import LearnedUpdateEncoder, compiled, fitted
from learned_update.randomness import generator
from tests.arithmetic import assert_same_to_rounding
from tests.rules_and_bases import assert_trees_close, leaves, released


@pytest.fixture(scope="module")
def fitted_encoder(rule, rows):
    return LearnedUpdateEncoder(
        rule, units=(7, 5), steps=6, batch_size=32, random_state=4
    ).fit(rows)


def _assert_same(first, second):
    np.testing.assert_array_equal(
        first.statistics_.means[0], second.statistics_.means[0]
    )
    for a, b in zip(leaves(first.phi_), leaves(second.phi_), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("standardise", "average"), [(True, True), (False, True), (True, False)]
)
def test_it_is_inner_steps_and_an_inductive_embedding(
    rule, rows, encoder, standardise, average
):
    rows = rows if standardise else rows / rows.std(axis=0)
    encoder.set_params(standardise=standardise, steps=2, average=average).fit(rows)
    seed = np.random.RandomState(4).randint(2**31 - 1)
    assert encoder.seed_ == seed
    x = rows.astype("float32")
    if standardise:
        x = ((rows - rows.mean(axis=0)) / rows.std(axis=0)).astype("float32")
    base = rule.base_mlp((7, 5))
    batch_seed = int(generator(seed, 0).integers(2**31 - 1))
    batches = [
        generator(batch_seed, step).choice(300, 32, replace=False) for step in range(2)
    ]

    def fitted(phi, x):
        first = lu.inner_step(rule, base, phi, x[batches[0]])
        phi = lu.inner_step(rule, base, first, x[batches[1]])
        if average:
            layers = keras.tree.map_structure(
                lambda a, b: (a + 2 * b) / 3, first.layers, phi.layers
            )
            phi = phi._replace(layers=layers)
        statistics = base.statistics(phi, x)
        return phi, statistics, base.embed(phi, x, statistics)

    features = encoder.transform(rows)
    assert_same_to_rounding(
        (encoder.phi_, encoder.statistics_, features),
        fitted,
        base.init_phi(6, seed),
        x,
        steps=len(batches),
    )
    assert features.std(axis=0).min() > 0.01
    assert (encoder.mean_ is None) == (encoder.scale_ is None) != standardise
    assert (encoder.n_steps_, encoder.n_samples_seen_) == (2, 300)


def test_results_repeat_to_the_bit(fitted_encoder, encoder, rows, rule_path):
    _assert_same(fitted_encoder, encoder.fit(rows))
    _assert_same(fitted_encoder, clone(encoder).fit(rows))
    _assert_same(fitted_encoder, encoder.set_params(rule=rule_path).fit(rows))
    encoder.set_params(random_state=5).fit(rows)
    assert not np.array_equal(
        fitted_encoder.phi_.layers[0].kernel, encoder.phi_.layers[0].kernel
    )


def test_what_is_compiled_is_shared(fitted_encoder, encoder, rows, rule_path):
    compilations = compiled.compiled_trainer.cache_info().misses
    encoder.set_params(rule=rule_path, units=(4, 3), batch_size=20).fit(rows[:, :3])
    _assert_same(fitted_encoder, clone(fitted_encoder).fit(rows))
    assert compiled.compiled_trainer.cache_info().misses == compilations


def test_another_theta_is_compiled_anew(rule):
    content = compiled.rule_content(rule)
    theta = rule.get_weights()
    rule.set_weights([1.5 * value for value in theta])
    other = compiled.rule_content(rule)
    rule.set_weights(theta)
    for factor, asked in ((1, content), (1.5, other)):
        found = compiled.compiled_trainer(asked, 3).rule.get_weights()
        for a, b in zip(found, theta, strict=True):
            np.testing.assert_array_equal(a, np.float32(factor) * b)


def test_sparse_rows_are_those_rows(encoder, rows):
    rows = np.where(np.abs(rows) < np.median(np.abs(rows)), 0, rows)
    dense = clone(encoder).fit(rows)
    encoder.fit(sparse.csr_array(rows))
    _assert_same(dense, encoder)
    np.testing.assert_array_equal(
        encoder.transform(sparse.csr_array(rows)), dense.transform(rows)
    )


def test_a_batch_has_at_most_all_rows(encoder, rows):
    few = encoder.set_params(batch_size=128).fit(rows[:3])
    assert np.isfinite(few.transform(rows[:1])).all()


def test_no_step_leaves_the_random_start(rule, rows, encoder):
    encoder.set_params(steps=0).fit(rows)
    start = rule.base_mlp((7, 5)).init_phi(6, encoder.seed_)
    assert_trees_close(encoder.phi_, start, atol=0)


def test_statistics_of_very_many_rows_are_those_of_some(encoder, rows, monkeypatch):
    monkeypatch.setattr(fitted, "STATISTICS_ROWS", 250)
    some = clone(encoder).fit(rows)
    monkeypatch.undo()
    encoder.fit(rows)
    difference = some.statistics_.means[0] - encoder.statistics_.means[0]
    assert 0 < np.abs(difference).max() < 0.3


@pytest.mark.parametrize("moment", ["before", "after"])
def test_pickles(encoder, rows, moment):
    copies = pickle.loads(pickle.dumps(encoder)).fit(rows)
    encoder.fit(rows)
    if moment == "after":
        copies = pickle.loads(pickle.dumps(encoder))
    _assert_same(copies, encoder)
    np.testing.assert_array_equal(copies.transform(rows), encoder.transform(rows))
    _assert_same(copies.partial_fit(rows), encoder.partial_fit(rows))


def test_a_pipeline_in_a_grid_search(encoder, rows):
    labels = (rows[:, 0] > np.median(rows[:, 0])).astype(int)
    pipeline = make_pipeline(StandardScaler(), encoder, LogisticRegression())
    grid = {
        "learnedupdateencoder__units": [(7, 5), (16, 8)],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(rows, labels)
    again = GridSearchCV(pipeline, grid, cv=2).fit(rows, labels)
    scores = search.cv_results_["mean_test_score"]
    np.testing.assert_array_equal(scores, again.cv_results_["mean_test_score"])
    assert scores.shape == (2,)
    assert scores.max() > 0.7
    names = search.best_estimator_[:-1].get_feature_names_out()
    width = search.best_params_["learnedupdateencoder__units"][-1]
    assert list(names) == [f"learnedupdateencoder{i}" for i in range(width)]


def test_the_default_rule_is_of_the_zoo():
    assert LearnedUpdateEncoder().rule == "images-v1"
    assert "images-v1" in lu.list_rules()


@pytest.mark.parametrize(
    ("verbose", "shown"), [(0, ""), (1, r"inner steps: 100%")], ids=["quiet", "bar"]
)
def test_progress(encoder, rows, capsys, verbose, shown):
    encoder.set_params(verbose=verbose).fit(rows)
    error = capsys.readouterr().err
    assert shown in error
    assert bool(error) == bool(verbose)
    assert ("it/s]" in error or "s/it]" in error) == bool(verbose)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": -1}, r"steps is out of its range.*integer >= 0.*steps=-1"),
        ({"steps": 1.5}, r"steps is out of its range.*steps=1.5"),
        ({"steps": True}, r"steps is out of its range.*steps=True"),
        ({"steps": "9"}, r"steps is out of its range.*steps='9'"),
        ({"batch_size": 1}, r"batch_size is out of its range.*>= 2.*batch_size=1"),
        ({"batch_size": 8.0}, r"batch_size is out of its range.*batch_size=8.0"),
        ({"units": 32}, r"at least one layer.*sequence of integers.*units=32"),
        ({"units": ()}, r"at least one layer of at least one unit.*units=\(\)"),
        ({"units": (8, 0)}, r"at least one layer of at least one unit.*\(8, 0\)"),
        ({"units": ("16",)}, r"at least one layer.*units=\('16',\)"),
        ({"units": (16.7,)}, r"at least one layer.*units=\(16.7,\)"),
        ({"units": (True, 2)}, r"at least one layer.*units=\(True, 2\)"),
        ({"units": "16"}, r"at least one layer.*units='16'"),
        ({"units": {16, 8}}, r"at least one layer.*units={"),
        ({"units": [[8], [4]]}, r"at least one layer.*units=\[\[8\], \[4\]\]"),
        ({"rule": 3}, r"This is no update rule.*name in the zoo, a path.*rule=3"),
        ({"rule": True}, r"This is no update rule.*rule=True"),
        ({"rule": b"glyphs"}, r"This is no update rule.*rule=b'glyphs'"),
        ({"standardise": "no"}, r"neither on nor off.*standardise='no'"),
        ({"standardise": 1}, r"neither on nor off.*True or False.*standardise=1"),
        ({"standardise": None}, r"neither on nor off.*standardise=None"),
        ({"average": 0.5}, r"average is neither on nor off.*average=0.5"),
        ({"random_state": True}, r"random_state is no seed.*random_state=True"),
        ({"random_state": -1}, r"random_state is no seed.*from 0 to 4294967295"),
        ({"random_state": 2**40}, r"random_state is no seed.*=1099511627776"),
        ({"random_state": "a"}, r"random_state is no seed.*random_state='a'"),
        ({"random_state": 1.0}, r"random_state is no seed.*random_state=1.0"),
        ({"verbose": "no"}, r"verbose.*0 or 1.*verbose='no'"),
        ({"verbose": -1}, r"verbose.*0 or 1.*verbose=-1"),
    ],
)
def test_wrong_parameters(encoder, rows, changes, message):
    encoder.set_params(**changes)
    for method in (encoder.fit, encoder.partial_fit):
        with pytest.raises(ValueError, match=message):
            method(rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"units": [7, 5]},
        {"units": np.array([7, 5])},
        {"steps": np.int64(6)},
        {"batch_size": np.uint8(32)},
        {"standardise": np.True_},
        {"random_state": np.int32(4)},
        {"random_state": np.random.RandomState(4)},
    ],
    ids=lambda changes: next(iter(changes)) + type(*changes.values()).__name__,
)
def test_parameters_of_other_types_with_the_same_value(
    fitted_encoder, encoder, rows, changes
):
    _assert_same(fitted_encoder, encoder.set_params(**changes).fit(rows))


def test_a_rule_that_is_not_there(encoder, rows, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no rule.*nothing.keras"):
        encoder.set_params(rule=tmp_path / "nothing.keras").fit(rows)


def test_a_rule_of_another_width(encoder, rows):
    encoder.set_params(rule=released(dtype="float32", embedding_units=4))
    message = r"fits one width of the embedding only.*units\[-1\] = 4.*: 5 units"
    with pytest.raises(ValueError, match=message):
        encoder.fit(rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: np.where(x > x.max(axis=0) - 1e-9, np.nan, x), "contains NaN"),
        (lambda x: np.where(x > x.max(axis=0) - 1e-9, np.inf, x), "infinity"),
        (lambda x: x[:1], r"1 sample\(s\).*a minimum of 2 is required"),
        (lambda x: np.ones_like(x), "All rows of x are equal.*300 rows of zero"),
        (lambda x: x[0], "Expected 2D array, got 1D array"),
        (lambda x: np.ma.masked_less(x, 0), r"X has masked cells.*\d+ masked of 1800"),
        (lambda x: x.astype(str) + "?", "could not convert string to float"),
    ],
    ids=[
        "nan",
        "infinity",
        "one row",
        "constant",
        "one dimension",
        "masked",
        "strings",
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_rows_that_cannot_be_fitted(encoder, rows, change, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(encoder, method)(change(rows))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:, :4], "X has 4 features.* is expecting 6 features"),
        (lambda x: np.where(x > 0, np.nan, x), "contains NaN"),
        (lambda x: x[:0], r"0 sample\(s\).*a minimum of 1 is required"),
        (lambda x: np.ma.masked_less(x, 0), r"X has masked cells.*\d+ masked of 1800"),
    ],
    ids=["width", "nan", "empty", "masked"],
)
def test_rows_that_cannot_be_embedded(fitted_encoder, rows, change, message):
    with pytest.raises(ValueError, match=message):
        fitted_encoder.transform(change(rows))


def test_not_fitted(encoder, rows):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        encoder.transform(rows)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        encoder.get_feature_names_out()


def test_divergence_is_said(encoder, rows, monkeypatch):
    class Diverging:
        def stages(self, phis, data, steps, *_, **__):
            yield steps, [keras.tree.map_structure(lambda leaf: leaf * np.nan, phis[0])]

    monkeypatch.setattr(fitted, "compiled_trainer", lambda *_: Diverging())
    with pytest.raises(ValueError, match="diverged within 6 inner steps.*Standardise"):
        encoder.fit(rows)


def test_stages_end_as_fit_does_and_leave_the_encoder(rule, rows, encoder):
    stages = list(encoder.staged_fit(rows, at=[4]))
    assert [stage.n_steps_ for stage in stages] == [0, 4, 6]
    assert not hasattr(encoder, "phi_")
    encoder.fit(rows)
    _assert_same(stages[-1], encoder)
    start = stages[0].base_.init_phi(rows.shape[1], encoder.seed_)
    assert_trees_close(stages[0].phi_, start, 0)
    half = LearnedUpdateEncoder(
        rule, units=(7, 5), steps=4, batch_size=32, random_state=4
    )
    _assert_same(stages[1], half.fit(rows))
    np.testing.assert_array_equal(stages[1].transform(rows), half.transform(rows))


@pytest.mark.parametrize("at", [[0], [3, 2], [2, 2], [7], [1.5]])
def test_stages_are_increasing_steps(rows, encoder, at):
    with pytest.raises(ValueError, match="no stages of a fit.*from 1 to 6, the steps"):
        next(encoder.staged_fit(rows, at))
