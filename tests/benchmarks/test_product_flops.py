"""FLOPs of known matrix products, on their own and in loops, on both backends."""

import pytest
import tensorflow as tf

from learned_update.benchmarks.engines import tensorflow_flops

ROWS, INNER, COLUMNS, STEPS = 3, 4, 5, 6
PRODUCT = 2 * ROWS * INNER * COLUMNS
SQUARE = 2 * ROWS * INNER * INNER


class TestTensorFlow:
    a, b, square = (
        tf.TensorSpec(shape, tf.float32)
        for shape in ((ROWS, INNER), (INNER, COLUMNS), (INNER, INNER))
    )

    def test_product(self):
        assert tensorflow_flops.product_flops(tf.matmul, (self.a, self.b), 1) == PRODUCT

    def test_transposed(self):
        def product(a, b):
            return tf.matmul(b, a, transpose_a=True, transpose_b=True)

        assert tensorflow_flops.product_flops(product, (self.a, self.b), 1) == PRODUCT

    def test_batch_of_products(self):
        batched = tf.TensorSpec((7, ROWS, INNER), tf.float32)
        flops = tensorflow_flops.product_flops(tf.matmul, (batched, self.square), 1)
        assert flops == 7 * SQUARE

    def test_loop(self):
        def repeated(a, square):
            return tf.while_loop(
                lambda a: tf.reduce_sum(a) > 0.0, lambda a: (a @ square,), (a,)
            )

        arguments = (self.a, self.square)
        flops = tensorflow_flops.product_flops(repeated, arguments, STEPS)
        assert flops == STEPS * SQUARE

    def test_what_no_result_needs(self):
        def product(a, b):
            tf.matmul(a, b)
            return a

        assert tensorflow_flops.product_flops(product, (self.a, self.b), 1) == 0


class TestJax:
    @pytest.fixture
    def count(self):
        pytest.importorskip("jax", reason="JAX is not installed")
        from learned_update.benchmarks.engines import jax_flops

        def count(function, *shapes, loop_steps=1):
            import jax

            arguments = [jax.ShapeDtypeStruct(shape, "float32") for shape in shapes]
            return jax_flops.product_flops(function, arguments, loop_steps)

        return count

    a, b, square = (ROWS, INNER), (INNER, COLUMNS), (INNER, INNER)

    def test_product(self, count):
        import jax

        assert count(lambda a, b: a @ b, self.a, self.b) == PRODUCT
        assert count(jax.jit(lambda a, b: a @ b), self.a, self.b) == PRODUCT

    def test_gradient(self, count):
        import jax

        def loss(a, b):
            return (a @ b).sum()

        gradient = jax.grad(loss, argnums=(0, 1))
        assert count(gradient, self.a, self.b) == 2 * PRODUCT

    def test_rematerialised_gradient(self, count):
        import jax
        import jax.numpy as jnp

        def loss(a, b):
            return jax.checkpoint(lambda a, b: jnp.sin(jnp.sin(a @ b)))(a, b).sum()

        gradient = jax.value_and_grad(loss, argnums=(0, 1))
        assert count(gradient, self.a, self.b) == 4 * PRODUCT

    def test_scan(self, count):
        import jax

        def repeated(a, square):
            return jax.lax.scan(lambda a, _: (a @ square, ()), a, length=STEPS)[0]

        assert count(repeated, self.a, self.square) == STEPS * SQUARE

    def test_loop_of_unknown_length(self, count):
        import jax

        def repeated(a, square):
            return jax.lax.while_loop(lambda a: a.sum() > 0.0, lambda a: a @ square, a)

        flops = count(repeated, self.a, self.square, loop_steps=STEPS)
        assert flops == STEPS * SQUARE

    def test_dearest_branch(self, count):
        import jax

        def either(a, square):
            return jax.lax.cond(a.sum() > 0.0, lambda: a, lambda: a @ square @ square)

        assert count(either, self.a, self.square) == 2 * SQUARE

    def test_linear_solve(self, count):
        """The two triangular systems, and not the product that defines it."""
        import jax

        def solve(matrix, right):
            factor = jax.lax.stop_gradient(jax.numpy.linalg.cholesky(matrix))

            def solution(_, b):
                half = jax.scipy.linalg.solve_triangular(factor, b, lower=True)
                return jax.scipy.linalg.solve_triangular(factor.T, half)

            return jax.lax.custom_linear_solve(
                lambda x: matrix @ x, right, solution, symmetric=True
            )

        triangular = INNER * INNER * COLUMNS
        cholesky = INNER**3 // 3
        assert count(solve, self.square, self.b) == 2 * triangular + cholesky

    def test_what_no_result_needs(self, count):
        import jax

        @jax.jit
        def product(a, b):
            _ = a @ b
            return a

        assert count(product, self.a, self.b) == 0
