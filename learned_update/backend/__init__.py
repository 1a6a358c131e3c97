"""The few functions that differ between Keras backends.

One module per backend with the same functions; the one of `keras.backend.backend()` is
imported, and no other.
"""

import importlib

from learned_update.keras_backend import checked_backend

_backend = importlib.import_module(f"{__name__}.{checked_backend()}")

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
