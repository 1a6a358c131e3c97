"""The few functions that differ between Keras backends.

One module per backend with the same functions; the one of `keras.backend.backend()` is
imported, and no other.
"""

import importlib

import keras

from learned_update.errors import invalid

_SUPPORTED = ("tensorflow", "jax")

if keras.backend.backend() not in _SUPPORTED:
    raise invalid(
        "The Keras backend in use has no meta-training code here.",
        expected=f"one of {', '.join(_SUPPORTED)}",
        received=keras.backend.backend(),
        remedy="Set the environment variable KERAS_BACKEND before Python starts.",
    )

_backend = importlib.import_module(f"{__name__}.{keras.backend.backend()}")

REMATERIALISE = _backend.REMATERIALISE
apply_gradients = _backend.apply_gradients
cos = _backend.cos
is_concrete = _backend.is_concrete
jit = _backend.jit
keep_compiled = _backend.keep_compiled
mean = _backend.mean
moving = _backend.moving
optimizer_step = _backend.optimizer_step
scan = _backend.scan
sin = _backend.sin
solve_positive = _backend.solve_positive
value_and_grad = _backend.value_and_grad
vectorize = _backend.vectorize
