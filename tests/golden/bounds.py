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
    "objective_gradient": 1e-5,  # norm of the error over the norm
    "meta_gradient_norm": 9.5e-6,  # error of a norm over the largest norm of all
    "meta_gradient": 1.5e-5,  # norm of the error over the largest norm of all
}


def bound(name, dtype):
    """Bound for an implementation that computes in `dtype`."""
    return NOISE[name] * (2.0 if dtype == "float32" else 1.0)
