"""What a measurement asks of the machinery below Keras, a module per backend.

From outside: `__init__`, `jax_flops`.
"""

import importlib

from learned_update.keras_backend import checked_backend

_engine = importlib.import_module(f"{__name__}.{checked_backend()}")

device_name = _engine.device_name
matrix_product = _engine.matrix_product
product_flops = _engine.product_flops
trace = _engine.trace
wait = _engine.wait
