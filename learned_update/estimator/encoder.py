"""The update rule as a scikit-learn transformer."""

import copy
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from learned_update.estimator.arguments import (
    check_parameters,
    check_stages,
    check_unmasked,
)
from learned_update.estimator.columns import check_held, scale
from learned_update.estimator.fitted import base_of, embed, stages, train
from learned_update.estimator.images import as_rows, shape_of
from learned_update.estimator.names import feature_names
from learned_update.estimator.start import start
from learned_update.export import export_encoder
from learned_update.layers.bases.outputs import TOP
from learned_update.layers.bases.wired import WiredBase
from learned_update.layers.rule import Rule
from learned_update.types import PathLike
from learned_update.zoo.shelves import DEFAULT_RULE


class LearnedUpdateEncoder(TransformerMixin, BaseEstimator):
    """Trains a base model on unlabelled rows with a rule; embeds rows with it.

    The embedding is inductive: it normalises with the statistics of the fitted rows,
    so a row has the same features alone or among others, up to the round-off of the
    matrix products. (Every product is of 256 rows. On most processors it rounds each
    of them alike, and the features are the same to the bit.)

    Sparse matrices are accepted and made dense: by `fit` as a whole, by `transform`
    256 rows at a time. The arithmetic has the dtype of the rule, as a rule float32,
    but columns are standardised in float64 before; features are float32 for float32
    rows, else float64. After an error or an interrupt the encoder is as it was before.

    The inner loop is compiled once per rule, shape of phi and of the batch. Those used
    last are kept and found again by the rule's content, so that clones of an encoder
    share one; being pure functions they change no result.

    Args:
        rule: a name in the zoo, a run directory, a `.keras` file, or an `UpdateRule`.
        units: widths of the base model, bottom to top; the last is the number of
            features, unless `base_options` flatten an embedding or `output` gives more.
        steps: inner steps of `fit`.
        batch_size: rows of an inner step; all of them where there are fewer.
        average: whether `fit` ends with the mean of phi over its inner steps, each
            weighted by its number, instead of phi after the last, which has the noise
            of the last batches. `partial_fit` goes on from there, without a mean.
        standardise: whether every column is first shifted and scaled to mean 0 and
            variance 1. Tables need it, where columns differ in scale or are far from
            zero; pixels, which do not, give better features without.
        random_state: of the initial phi and of the batches: an integer, with which
            results repeat, on the same CPU to the bit; a `RandomState`; or None.
        verbose: 0, or 1 for a progress bar with steps per second and time left.
        base: what is trained: `"mlp"`; `"conv"`, a `ConvBase`, whose units are the
            channels; `"attention"`, an `AttentionBase` on patches of images, parts of
            rows or words. One rule fits all of them.
        base_options: a dict of further arguments of the base model, such as
            `{"kernel_sizes": (7, None), "strides": (4, 1)}`, `{"tokens": 16}`.
        image_shape: `(height, width, channels)` where rows are images; None takes
            that of an X of four axes.
        output: what `transform` gives: `"top"`, the last layer; `"all"`, all layers
            side by side, bottom to top, of attention each with what it attends to;
            `"with_input"`, the last layer beside the inputs, standardised where
            `standardise` says so. It is that of the last `fit`.

    Attributes:
        n_features_in_: width of the rows.
        feature_names_in_: names of their columns, where these have names.
        n_samples_seen_: rows given to `fit`, and to `partial_fit` after it.
        n_steps_: inner steps done.
        mean_: of the columns so far, `(inputs,)` float64, which standardisation
            subtracts; None without it.
        scale_: what it divides them by, likewise: their standard deviation; where a
            column is constant, its size, at least 1.
        phi_: `Phi` of the base model, as NumPy arrays.
        statistics_: `Statistics` that the embedding normalises with, likewise.
        seed_: drawn from `random_state`; everything random is a function of it.
    """

    def __init__(
        self,
        rule: str | os.PathLike[str] | Rule = DEFAULT_RULE,
        units: Sequence[int] = (128, 128, 32),
        steps: int = 2000,
        batch_size: int = 128,
        standardise: bool = True,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        base: str = "mlp",
        base_options: Mapping[str, Any] | None = None,
        image_shape: Sequence[int] | None = None,
        output: str = TOP,
        average: bool = True,
    ) -> None:
        self.rule = rule
        self.units = units
        self.steps = steps
        self.batch_size = batch_size
        self.standardise = standardise
        self.base = base
        self.base_options = base_options
        self.image_shape = image_shape
        self.output = output
        self.average = average
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: Any = None) -> "LearnedUpdateEncoder":
        """Trains a base model from its random start; forgets an earlier one.

        The statistics are those of all rows, or of 100,000 of them drawn at random.

        Args:
            X: unlabelled rows, `(rows, inputs)`, at least two different ones; or,
                unless the base model is an MLP, images `(rows, height, width,
                channels)`.
            y: ignored.

        Returns:
            This encoder.

        Raises:
            ValueError: X holds NaN, infinity or masked cells, or has rows that are all
                equal, or, without standardisation, a column whose values the rule's
                dtype does not tell apart; a parameter is of a wrong type or out of its
                range; the rule does not fit `units`, or it diverges.
            FileNotFoundError: there is no such rule.
        """
        del y
        check_parameters(self.get_params(deep=False))
        learned = copy.copy(self)
        shape = self._shape_of(X)
        rows = learned._checked(X, shape, reset=True, minimum_rows=2)
        start = self._start(rows.shape[1], shape)
        return self._become(learned._learn(start, rows, self.steps, bool(self.average)))

    def staged_fit(
        self, X: ArrayLike, at: Iterable[int]
    ) -> Iterator["LearnedUpdateEncoder"]:
        """As `fit`, but yields what is learned as it grows; changes not this encoder.

        Args:
            X: as for `fit`.
            at: numbers of inner steps, increasing, from 1 to `steps`.

        Yields:
            Fitted encoders: before the first step, after each of `at`, and after the
            last, which is what `fit` becomes.

        Raises:
            ValueError: as `fit`; or `at` holds something else.
            FileNotFoundError: there is no such rule.
        """
        check_parameters(self.get_params(deep=False))
        at = check_stages(at, self.steps)
        checked = copy.copy(self)
        shape = self._shape_of(X)
        rows = checked._checked(X, shape, reset=True, minimum_rows=2)
        for fitted in stages(
            self._start(rows.shape[1], shape),
            rows,
            self.steps,
            self.batch_size,
            bool(self.average),
            at,
            checked._names,
            progress=bool(self.verbose),
        ):
            yield copy.copy(checked)._hold(fitted)

    def partial_fit(self, X: ArrayLike, y: Any = None) -> "LearnedUpdateEncoder":
        """Goes on training with the next rows of a stream, or begins.

        Does as many inner steps as there are full batches in one pass over the rows,
        at least one. The columns are standardised by all rows so far. The statistics
        of the embedding remember about 1,000 rows, because phi moves: the statistics
        of every call, taken after its last step, are pooled with the earlier ones. So
        give some hundred rows at a time, in mixed order. Rule, units, standardisation
        and seed are those of the first call.

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
        check_parameters(self.get_params(deep=False))
        begun = self.__sklearn_is_fitted__()
        learned = copy.copy(self)
        shape = self._fitted.base.get("image_shape") if begun else self._shape_of(X)
        rows = learned._checked(X, shape, reset=not begun, minimum_rows=2)
        if begun:
            self._check_dtype(rows)
        before = self._fitted if begun else self._start(rows.shape[1], shape)
        steps = max(1, rows.shape[0] // self.batch_size)
        return self._become(learned._learn(before, rows, steps, average=False))

    def transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Embeds rows.

        Args:
            X: rows of the fitted width, `(rows, inputs)`, or images as in `fit`.

        Returns:
            Features, `(rows, features)`.

        Raises:
            NotFittedError: neither `fit` nor `partial_fit` has been called.
            ValueError: X has another width, holds NaN, infinity, masked cells or
                values that are too large for the rule's dtype; or it is of float32,
                which cannot hold a column of the fitted rows.
        """
        check_is_fitted(self)
        shape = self._fitted.base.get("image_shape")
        rows = self._checked(X, shape, reset=False, minimum_rows=1)
        self._check_dtype(rows)
        features = embed(self._fitted, rows, self._names)
        return features.astype(rows.dtype, copy=False)

    def export(self, path: PathLike, overwrite: bool = False) -> None:
        """Writes what `transform` does to a file that runs without this package.

        The file takes rows of the rule's dtype, as a rule float32, and gives them the
        features that `transform` gives, up to round-off.

        Args:
            path: ends with `.keras` or `.onnx`; without a suffix it is the folder of a
                SavedModel.
            overwrite: whether what is there already is replaced.

        Raises:
            NotFittedError: neither `fit` nor `partial_fit` has been called.
            ValueError: as `export_encoder`; or that dtype cannot hold a standardised
                column, for example dates as seconds since 1970.
            OSError: the path cannot be written.
        """
        check_is_fitted(self)
        if self.base_.compute_dtype == "float32":
            self._check_float32(
                "Subtract a constant from the column, or scale it, before `fit` and "
                "before the file is given rows.",
                least_loss=np.finfo(np.float32).tiny,  # no subnormal numbers there
            )
        export_encoder(
            self.base_,
            self.phi_,
            self.statistics_,
            path,
            input_mean=self.mean_,
            input_scale=self.scale_,
            overwrite=overwrite,
            output=self._fitted.output,
        )

    @property
    def base_(self) -> WiredBase:
        """The base model that `phi_` and `statistics_` belong to."""
        check_is_fitted(self)
        return base_of(self._fitted)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> NDArray[np.object_]:
        """Names of the features, an array of strings.

        `learnedupdateencoder0`, .. of the last layer; `learnedupdateencoder_layer0_0`,
        .. of all layers, counted from the bottom; beside them the names of the inputs.

        Args:
            input_features: names of the inputs; None takes those of the fitted rows,
                or `x0`, `x1`, .. where these had none.

        Raises:
            NotFittedError: neither `fit` nor `partial_fit` has been called.
            ValueError: `input_features` are others than those of the fitted rows.
        """
        check_is_fitted(self)
        inputs = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        return feature_names(
            type(self).__name__.lower(), self.base_, inputs, self._fitted.output
        )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "phi_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _checked(self, X, image_shape, reset, minimum_rows):
        check_unmasked(X)
        if self.base != "mlp":
            X = as_rows(X, image_shape)
        return validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            ensure_min_samples=minimum_rows,
        )

    def _check_float32(self, remedy, least_loss=0.0):
        if self._fitted.standardise:
            columns = self._fitted.columns
            columns = columns._replace(loss=np.maximum(columns.loss, least_loss))
            which = np.full(self.n_features_in_, True)
            check_held(columns, which, self._names, remedy)

    def _check_dtype(self, X):
        if X.dtype == np.float32:
            self._check_float32("Pass float64 rows, as before.")

    def _shape_of(self, X):
        return shape_of(X, self.image_shape, self.base, self.base_options or {})

    def _start(self, inputs, image_shape):
        options = dict(self.base_options or {})
        if image_shape is not None:
            options["image_shape"] = tuple(image_shape)
        return start(
            self.rule,
            self.base,
            self.units,
            options,
            self.standardise,
            self.random_state,
            self.output,
            inputs,
        )

    def _learn(self, before, X, steps, average):
        return self._hold(
            train(
                before,
                X,
                steps,
                self.batch_size,
                average,
                self._names,
                progress=bool(self.verbose),
            )
        )

    def _hold(self, fitted):
        """Takes what was learned."""
        standardise = fitted.standardise
        self._fitted = fitted
        self.n_samples_seen_ = fitted.columns.rows
        self.n_steps_ = fitted.steps
        self.mean_ = fitted.columns.mean if standardise else None
        self.scale_ = scale(fitted.columns) if standardise else None
        self.phi_ = fitted.phi
        self.statistics_ = fitted.statistics
        self.seed_ = fitted.seed
        return self

    def _become(self, learned):
        """Takes over all that another encoder has learned, or nothing of it."""
        self.__dict__ = learned.__dict__
        return self

    @property
    def _names(self):
        return getattr(self, "feature_names_in_", None)
