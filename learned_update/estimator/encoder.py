"""The update rule as a scikit-learn transformer."""

import numbers

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from learned_update.errors import invalid
from learned_update.estimator.compiled import check_units, resolve_rule, rule_content
from learned_update.estimator.fitted import SEEDS, Fitted, arrays, embed, train
from learned_update.export import export_encoder
from learned_update.layers import BaseMLP


class LearnedUpdateEncoder(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Trains a base model on unlabelled rows with a rule; embeds rows with it.

    The embedding is inductive: it normalises with the statistics of the fitted rows,
    so a row has the same features alone or among others, on a CPU to the bit.

    Sparse matrices are accepted and made dense: by `fit` as a whole, by `transform`
    256 rows at a time. The arithmetic has the dtype of the rule, as a rule float32;
    features are float32 for float32 rows, else float64.

    The inner loop is compiled once per rule and number of layers. Those used last are
    kept and found again by the rule's content, so that clones of an encoder share
    one; being pure functions they change no result.

    Args:
        rule: a name in the zoo, a run directory, a `.keras` file, or an `UpdateRule`.
        units: widths of the base model, bottom to top; the last is the number of
            features.
        steps: inner steps of `fit`.
        batch_size: rows of an inner step; all of them where there are fewer.
        standardise: whether every column is first shifted and scaled to mean 0 and
            variance 1, by `StandardScaler`. Tables need it, where columns differ in
            scale; pixels, which do not, give better features without.
        random_state: of the initial phi and of the batches: an integer, with which
            results repeat, on the same CPU to the bit; a `RandomState`; or None.
        verbose: 0, or 1 for a progress bar with steps per second and time left.

    Attributes:
        n_features_in_: width of the rows.
        feature_names_in_: names of their columns, where these have names.
        n_samples_seen_: rows given to `fit`, and to `partial_fit` after it.
        n_steps_: inner steps done.
        scaler_: the fitted `StandardScaler`; None without standardisation.
        phi_: `Phi` of the base model, as NumPy arrays.
        statistics_: `Statistics` that the embedding normalises with, likewise.
        seed_: drawn from `random_state`; everything random is a function of it.
    """

    def __init__(
        self,
        rule="glyphs",
        units=(128, 128, 32),
        steps=2000,
        batch_size=128,
        standardise=True,
        random_state=None,
        verbose=0,
    ):
        self.rule = rule
        self.units = units
        self.steps = steps
        self.batch_size = batch_size
        self.standardise = standardise
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        """Trains a base model from its random start; forgets an earlier one.

        The statistics are those of all rows, or of 100,000 of them drawn at random.

        Args:
            X: unlabelled rows, `(rows, inputs)`, at least two different ones.
            y: ignored.

        Returns:
            This encoder.

        Raises:
            ValueError: X holds NaN or infinity, or has rows that are all equal; a
                parameter is out of its range; the rule does not fit `units`, or it
                diverges.
            FileNotFoundError: there is no such rule.
        """
        del y
        self._check_parameters()
        X = self._checked(X, reset=True, minimum_rows=2)
        return self._learn(self._start(X.shape[1]), X, self.steps)

    def partial_fit(self, X, y=None):
        """Goes on training with the next rows of a stream, or begins.

        Does as many inner steps as there are full batches in one pass over the rows,
        at least one. The columns are standardised by all rows so far. The statistics
        of the embedding remember about 1,000 rows, because phi moves: the statistics
        of every call, taken after its last step, are pooled with the earlier ones. So
        give some hundred rows at a time, in mixed order. Rule, units, standardisation
        and seed are those of the first call. After an error what was learned is as it
        was before.

        Args:
            X: as for `fit`.
            y: ignored.

        Returns:
            This encoder.

        Raises:
            ValueError: as `fit`; or X has another width than before.
            FileNotFoundError: there is no such rule.
        """
        del y
        self._check_parameters()
        begun = self.__sklearn_is_fitted__()
        X = self._checked(X, reset=not begun, minimum_rows=2)
        before = self._fitted if begun else self._start(X.shape[1])
        return self._learn(before, X, max(1, X.shape[0] // self.batch_size))

    def transform(self, X):
        """Embeds rows.

        Args:
            X: rows of the fitted width, `(rows, inputs)`.

        Returns:
            Features, `(rows, units[-1])`.

        Raises:
            NotFittedError: neither `fit` nor `partial_fit` has been called.
            ValueError: X has another width, or holds NaN or infinity.
        """
        check_is_fitted(self)
        X = self._checked(X, reset=False, minimum_rows=1)
        return embed(self._fitted, X).astype(X.dtype, copy=False)

    def export(self, path, overwrite=False):
        """Writes what `transform` does to a file that runs without this package.

        Args:
            path: ends with `.keras` or `.onnx`; without a suffix it is the folder of a
                SavedModel.
            overwrite: whether what is there already is replaced.

        Raises:
            NotFittedError: neither `fit` nor `partial_fit` has been called.
            ValueError: as `export_encoder`.
            OSError: the path cannot be written.
        """
        check_is_fitted(self)
        scaled = self.scaler_ is not None
        export_encoder(
            self.base_,
            self.phi_,
            self.statistics_,
            path,
            input_mean=self.scaler_.mean_ if scaled else None,
            input_scale=self.scaler_.scale_ if scaled else None,
            overwrite=overwrite,
        )

    @property
    def base_(self):
        """The `BaseMLP` that `phi_` and `statistics_` belong to."""
        check_is_fitted(self)
        return BaseMLP.from_config(self._fitted.base)

    @property
    def _n_features_out(self):
        return len(self.phi_.layers[-1].bias)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "phi_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _check_parameters(self):
        _check_at_least("steps", self.steps, 0)
        _check_at_least("batch_size", self.batch_size, 2)

    def _checked(self, X, reset, minimum_rows):
        return validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            ensure_min_samples=minimum_rows,
        )

    def _start(self, inputs):
        rule = resolve_rule(self.rule)
        check_units(self.units)
        base = rule.base_mlp(self.units)
        seed = int(check_random_state(self.random_state).randint(SEEDS))
        return Fitted(
            rule=rule_content(rule),
            base=base.get_config(),
            seed=seed,
            scaler=StandardScaler() if self.standardise else None,
            phi=arrays(base.init_phi(inputs, seed)),
        )

    def _learn(self, before, X, steps):
        fitted = train(before, X, steps, self.batch_size, progress=bool(self.verbose))
        self._fitted = fitted
        self.n_samples_seen_ = fitted.samples
        self.n_steps_ = fitted.steps
        self.scaler_ = fitted.scaler
        self.phi_ = fitted.phi
        self.statistics_ = fitted.statistics
        self.seed_ = fitted.seed
        return self


def _check_at_least(name, value, least):
    if not isinstance(value, numbers.Integral) or value < least:
        raise invalid(
            f"{name} is out of its range.",
            expected=f"an integer >= {least}",
            received=f"{name}={value!r}",
            remedy="Pass another value.",
        )
