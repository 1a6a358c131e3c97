"""The few functions that differ between Keras backends.

A few modules per backend with the same functions; those of `keras.backend.backend()`
are imported, and no others.
"""

import importlib

from learned_update.keras_backend import checked_backend

_backend = importlib.import_module(f"{__name__}.{checked_backend()}")
_devices = importlib.import_module(f"{__name__}.{checked_backend()}_devices")
_memory = importlib.import_module(f"{__name__}.{checked_backend()}_memory")
_products = importlib.import_module(f"{__name__}.{checked_backend()}_products")

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
kept_bytes = _memory.kept_bytes
matmul = _products.matmul
mean = _backend.mean
memory_bytes = _memory.memory_bytes
moving = _backend.moving
optimizer_step = _backend.optimizer_step
products = _products.products
scan = _backend.scan
sin = _backend.sin
solve_positive = _backend.solve_positive
value_and_grad = _backend.value_and_grad
vectorize = _backend.vectorize
