"""The few functions that differ between Keras backends.

Two modules per backend with the same functions; those of `keras.backend.backend()` are
imported, and no others.
"""

import importlib

from learned_update.keras_backend import checked_backend

_backend = importlib.import_module(f"{__name__}.{checked_backend()}")
_devices = importlib.import_module(f"{__name__}.{checked_backend()}_devices")

SeveralDevices = _devices.SeveralDevices
device_counts = _devices.device_counts
join_hosts = _devices.join_hosts

REMATERIALISE = _backend.REMATERIALISE
apply_gradients = _backend.apply_gradients
cos = _backend.cos
device_names = _backend.device_names
is_concrete = _backend.is_concrete
jit = _backend.jit
keep_compiled = _backend.keep_compiled
make_deterministic = _backend.make_deterministic
mean = _backend.mean
moving = _backend.moving
optimizer_step = _backend.optimizer_step
scan = _backend.scan
sin = _backend.sin
solve_positive = _backend.solve_positive
value_and_grad = _backend.value_and_grad
vectorize = _backend.vectorize
