"""The TensorFlow side of `learned_update.backend`."""

import tensorflow as tf

REMATERIALISE = ("none", "steps")


def is_concrete(x):
    """Whether the values of a tensor are known now, outside compiled code."""
    return not tf.is_symbolic_tensor(x)


def solve_positive(matrix, right):
    """matrix^-1 right for a symmetric positive definite matrix.

    Keras' own Cholesky decomposition raises where a gradient is not finite.

    Args:
        matrix: `(n, n)`.
        right: `(n, columns)`.

    Returns:
        `(n, columns)`.
    """
    factor = tf.linalg.cholesky(matrix)
    half = tf.linalg.triangular_solve(factor, right)
    return tf.linalg.triangular_solve(factor, half, adjoint=True)


def cos(x):
    """Cosine in the dtype of x; Keras' own is float32 on JAX (3.15), as is its sine."""
    return tf.cos(x)


def sin(x):
    """Sine in the dtype of x."""
    return tf.sin(x)


def mean(x, axis=None, keepdims=False):
    """Mean over axes, in the dtype of x.

    Keras' own computes float64 means in float32 on JAX (3.15).
    """
    return tf.reduce_mean(x, axis=axis, keepdims=keepdims)


def keep_compiled(folder):
    """Keeps what is compiled from now on in a folder, for other processes to load.

    Without effect here. XLA's part of TensorFlow reads `TF_XLA_FLAGS` when it is
    loaded; `--tf_xla_persistent_cache_directory=FOLDER` in it does the same.

    Args:
        folder: made if needed. One that was configured before stays.
    """
    del folder


def make_deterministic():
    """Makes what is computed from now on the same at every repetition, to the bit.

    Before anything is computed. Operations have one thread each, so that the number
    of cores does not matter. What XLA needs is set in the environment before the
    backend is loaded: `keras_backend.ask_for_determinism`.
    """
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)


def jit(function, free=None, xla=None, donate=()):
    """A compiled function.

    Args:
        function: of positional tensors and trees of tensors.
        free: `{position: axes}` of arguments whose axes may have another size at every
            call, `...` for all axes. Without XLA that costs no new trace, and the
            trace more operations. Everything else that is of another shape costs one.
        xla: whether XLA compiles it; None decides: on a GPU or TPU, not on a CPU, where
            it compiles for a minute and is slower in loops.
        donate: positions of arguments whose memory the results may take, so that the
            caller must not use them again; for JAX.

    Returns:
        A function of the same arguments.
    """
    del donate
    if xla is None:
        xla = has_accelerator()
    if xla or not free:
        return tf.function(function, jit_compile=xla, autograph=False)
    compiled = {}

    def call(*arguments):
        arguments = tf.nest.map_structure(tf.convert_to_tensor, list(arguments))
        signature = [
            _signature(argument, free.get(position, ()))
            for position, argument in enumerate(arguments)
        ]
        key = str(signature)
        if key not in compiled:
            compiled[key] = tf.function(
                function, input_signature=signature, autograph=False
            )
        return compiled[key](*arguments)

    return call


def moving(function, variables, free=None, xla=None, donate=()):
    """A compiled function that moves Keras variables.

    Args:
        function: `(values, *arguments) -> (values, results)`, pure: the values of the
            variables before and after.
        variables: Keras variables.
        free: as of `jit`, positions among `arguments`.
        xla: as of `jit`.
        donate: as of `jit`, positions among `arguments`; the variables' old values
            always are.

    Returns:
        A function of `arguments` that gives the results.
    """

    def moved(*arguments):
        values = [tf.convert_to_tensor(variable) for variable in variables]
        values, results = function(values, *arguments)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        return results

    return jit(moved, free, xla, donate)


def device_names():
    """Descriptions of the devices that TensorFlow sees, as `"cpu:0"`."""
    return tuple(
        device.name.removeprefix("/physical_device:").lower()
        for device in tf.config.list_physical_devices()
    )


def has_accelerator():
    """Whether TensorFlow sees a GPU or TPU."""
    return any(tf.config.list_logical_devices(kind) for kind in ("GPU", "TPU"))


def _signature(argument, axes):
    """Specifications of an argument's tensors, of which some axes are free."""

    def specification(x):
        free = range(x.ndim) if axes is ... else axes
        return tf.TensorSpec(
            [None if axis in free else size for axis, size in enumerate(x.shape)],
            x.dtype,
        )

    return tf.nest.map_structure(specification, argument)


def scan(step, constants, carry, xs, y_like, rematerialise="none", length=None):
    """Repeats a step over the leading axis of `xs`.

    Args:
        step: `(constants, carry, x) -> (carry, y)`.
        constants: tree of tensors that every step sees.
        carry: tree of tensors handed from step to step.
        xs: tree of tensors with a common leading axis, one slice a step.
        y_like: tree of tensors of the shapes and dtypes of a step's y.
        rematerialise: which of a step's intermediates the gradient computes again, one
            of `REMATERIALISE`: `"none"`; all of a `"steps"`, so that only carries are
            kept; on JAX also all but the results of matrix products, `"dots"`.
        length: how many steps to do, a scalar of at most the length of `xs`, which one
            compiled function may get anew at every call; None does all. `xs` is then
            not differentiated.

    Returns:
        `(carry, ys)`: the last carry, and the ys stacked along a new leading axis; 0
        at steps that were not done.
    """
    constants, carry, xs, y_like = tf.nest.map_structure(
        tf.convert_to_tensor, (constants, carry, xs, y_like)
    )
    longest = tf.shape(tf.nest.flatten(xs)[0])[0]
    length = longest if length is None else tf.cast(length, tf.int32)
    flat_constants, flat_carry = tf.nest.flatten(constants), tf.nest.flatten(carry)
    flat_y_like = tf.nest.flatten(y_like)

    def flat_step(*flat):
        constants_carry_x = tf.nest.pack_sequence_as((constants, carry, xs), flat)
        return tf.nest.flatten(step(*constants_carry_x))

    if rematerialise == "steps":
        flat_step = _rematerialised(flat_step)

    def body(index, flat_carry, arrays):
        x = [x[index] for x in tf.nest.flatten(xs)]
        results = flat_step(*flat_constants, *flat_carry, *x)
        ys = results[len(flat_carry) :]
        arrays = [array.write(index, y) for array, y in zip(arrays, ys, strict=True)]
        return index + 1, results[: len(flat_carry)], arrays

    arrays = [
        tf.TensorArray(y.dtype, size=longest, element_shape=y.shape)
        for y in flat_y_like
    ]
    _, flat_carry, arrays = tf.while_loop(
        lambda index, *_: index < length,
        body,
        (tf.constant(0), flat_carry, arrays),
        maximum_iterations=longest,
        parallel_iterations=1,  # or steps that are computed again are all held at once
    )
    ys = [array.stack() for array in arrays]
    return (
        tf.nest.pack_sequence_as(carry, flat_carry),
        tf.nest.pack_sequence_as(y_like, ys),
    )


def _rematerialised(function):
    """The function of flat tensors, whose gradient computes it once more."""

    @tf.custom_gradient
    def run(*inputs):
        def backward(*upstream):
            positions = [i for i, x in enumerate(inputs) if x.dtype.is_floating]
            sources = [inputs[i] for i in positions]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(sources)
                outputs = function(*inputs)
            gradients = tape.gradient(
                outputs,
                sources,
                output_gradients=upstream,
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            by_position = dict(zip(positions, gradients, strict=True))
            return [by_position.get(i) for i in range(len(inputs))]

        return function(*inputs), backward

    return run


def vectorize(function):
    """Maps a function of one task over the leading `tasks` axis of its arguments."""

    def mapped(*arguments):
        return tf.vectorized_map(
            lambda packed: function(*packed), arguments, fallback_to_while_loop=False
        )

    return mapped


def value_and_grad(function):
    """`(loss, aux), gradients` of `function(x, ...) -> (loss, aux)` by its first tree.

    A tensor of the tree that the loss does not depend on has a gradient of zeros.
    """

    def differentiated(x, *arguments):
        x = tf.nest.map_structure(tf.convert_to_tensor, x)
        flat = tf.nest.flatten(x)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(flat)
            loss, aux = function(x, *arguments)
        gradients = tape.gradient(
            loss, flat, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return (loss, aux), tf.nest.pack_sequence_as(x, gradients)

    return differentiated


def optimizer_step(optimizer, variables, values, gradients):
    """Values of `variables` and of an optimizer's after a step of it.

    Args:
        optimizer: a Keras optimizer that was built with the variables.
        variables: Keras variables, which TensorFlow moves in place.
        values: of the variables and of `optimizer.variables` before the step.
        gradients: one per variable.

    Returns:
        A list like `values`.
    """
    del values
    optimizer.apply(gradients, variables)
    return [tf.convert_to_tensor(v) for v in (*variables, *optimizer.variables)]


def apply_gradients(optimizer, gradients, variables):
    """Moves variables by one step of a Keras optimizer, whose slots are variables."""
    optimizer.apply(gradients, variables)
