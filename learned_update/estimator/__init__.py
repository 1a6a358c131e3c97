"""A scikit-learn transformer: unlabelled rows in, features of a base model out."""

from learned_update.estimator.encoder import LearnedUpdateEncoder

__all__ = ["LearnedUpdateEncoder"]
