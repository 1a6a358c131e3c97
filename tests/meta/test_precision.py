"""Matrix products in a precision, with sums and all else in float32."""

import importlib

import ml_dtypes
import numpy as np
import pytest

from learned_update.backend.precision import PRECISIONS


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def engine(request):
    """The products of a backend, which need not be that of Keras."""
    pytest.importorskip(request.param)
    return importlib.import_module(f"learned_update.backend.{request.param}_products")


@pytest.fixture(scope="module")
def operands():
    rng = np.random.default_rng(0)
    shapes = (5, 64), (64, 7)
    return [rng.standard_normal(shape).astype("float32") for shape in shapes]


def tensors(engine, arrays):
    if engine.__name__.endswith("jax_products"):
        import jax.numpy as jnp

        return [jnp.asarray(array) for array in arrays]
    import tensorflow as tf

    return [tf.convert_to_tensor(array) for array in arrays]


def product(engine, operands, precision):
    with engine.products(precision):
        return np.asarray(engine.matmul(*tensors(engine, operands)))


def bfloat16(x):
    return x.astype(ml_dtypes.bfloat16).astype("float64")


def tf32(x):
    """Rounded to ten bits of the mantissa, ties to even, as its hardware does."""
    bits = x.view(np.uint32)
    half = np.uint32(0xFFF) + ((bits >> np.uint32(13)) & np.uint32(1))
    return ((bits + half) & ~np.uint32(0x1FFF)).view(np.float32).astype("float64")


def near(found, exact, operands):
    """Within the round-off of sums in float32 over 64 products."""
    bound = np.abs(operands[0]) @ np.abs(operands[1])
    assert (np.abs(found - exact) <= 64 * 2.0**-24 * bound).all()


def test_float32(engine, operands):
    a, b = (x.astype("float64") for x in operands)
    for precision in (None, "float32"):
        near(product(engine, operands, precision), a @ b, (a, b))


def test_bfloat16_rounds_operands_and_sums_in_float32(engine, operands):
    a, b = (bfloat16(x) for x in operands)
    found = product(engine, operands, "bfloat16")
    assert found.dtype == np.float32
    near(found, a @ b, (a, b))
    exact = operands[0].astype("float64") @ operands[1]
    assert np.abs(found - exact).max() > 1e-3  # it did round


def test_tf32_on_a_cpu_is_that_of_jax(operands):
    pytest.importorskip("jax")
    engine = importlib.import_module("learned_update.backend.jax_products")
    a, b = (tf32(x) for x in operands)
    near(product(engine, operands, "tf32"), a @ b, (a, b))


def test_float64_stays_float64(engine, operands):
    """Checks in float64 mean the same in every precision."""
    if engine.__name__.endswith("jax_products"):
        pytest.skip("JAX has no float64 unless the process asks for it")
    a, b = (x.astype("float64") for x in operands)
    found = product(engine, (a, b), "bfloat16")
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, a @ b, rtol=0, atol=1e-12)


def test_setting_ends_with_its_block(engine, operands):
    before = product(engine, operands, None)
    with pytest.raises(RuntimeError, match="inside"), engine.products("bfloat16"):
        raise RuntimeError("inside")
    np.testing.assert_array_equal(
        np.asarray(engine.matmul(*tensors(engine, operands))), before
    )


def test_gradients_are_float32_and_near(operands):
    """The rounding of operands is passed through, not differentiated to 0."""
    tf = pytest.importorskip("tensorflow")
    engine = importlib.import_module("learned_update.backend.tensorflow_products")
    a, b = tensors(engine, operands)
    with tf.GradientTape() as tape, engine.products("bfloat16"):
        tape.watch(a)
        total = tf.reduce_sum(engine.matmul(a, b))
    gradient = tape.gradient(total, a)
    assert gradient.dtype == tf.float32
    exact = np.broadcast_to(operands[1].sum(axis=1), a.shape)
    bound = 2.0**-7 * np.abs(operands[1]).sum(axis=1)  # rounded twice
    assert (np.abs(gradient.numpy() - exact) <= bound).all()


def test_names():
    assert tuple(PRECISIONS) == ("float32", "tf32", "bfloat16")
