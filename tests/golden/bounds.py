"""Float32 noise of the golden tensors: largest error over largest value.

Measured by a float64 program against the authors' float32 graph, so it is what an
exact implementation may differ by. Two float32 implementations differ by up to twice
as much.
"""

NOISE = {
    "xs": 1e-6,
    "zs": 1e-6,
    "d": 1.5e-5,
    "h": 3e-5,
    "delta": 3e-5,
    "terms": 3e-5,
    "change": 5.5e-6,  # of change_w + w / 7, the learned part
    "bias_change": 3e-5,
    "phi": 1e-6,
    "objective": 3e-7,
    "losses": 5e-7,
    "penalty": 1e-6,
    "ridge_weights": 1e-5,  # the authors invert explicitly
    "objective_gradient": 7e-6,
    "meta_gradient": 9.5e-6,  # over the largest norm of all variables
}


def bound(name, dtype):
    """Bound for an implementation that computes in `dtype`."""
    return NOISE[name] * (2.0 if dtype == "float32" else 1.0)
