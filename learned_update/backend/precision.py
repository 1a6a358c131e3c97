"""In which precision matrix products are computed: a setting of the code around them.

Sums of a product are float32 in every precision, and so is all that is no product.
"""

import contextvars

PRECISIONS = {"float32": 23, "tf32": 10, "bfloat16": 7}  # bits of the mantissa
CURRENT = contextvars.ContextVar("precision", default=None)
