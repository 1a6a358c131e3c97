"""Convolution and attention against the MLP, their symmetries and their maps."""

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.layers.connections.mixing import Mixing
from learned_update.layers.connections.patches import Patches
from learned_update.ops.positions.patches import Geometry, axis_of
from tests.layers.base_models import attention, conv, images, mapped, mlp
from tests.rules_and_bases import assert_trees_close, neuron_local, perturbed, released

UNITS = (7, 6, 5)
RULES = {
    "neuron_local": neuron_local,
    "released": released,
    "two_kernels": lambda: neuron_local(identical_updates=False),
    "transpose": lambda: neuron_local(feedback="transpose"),
}


@pytest.fixture(scope="module", params=RULES)
def rule(request):
    return RULES[request.param]()


@pytest.fixture(scope="module")
def local():
    return neuron_local()


def assert_same_step(rule, first, second, phi, x, rows):
    """Both base models embed alike, have the same statistics, and the same change."""
    ours, theirs = first.forward(phi, x), second.forward(phi, rows)
    for name in ("xs", "zs"):
        assert_trees_close(getattr(ours, name), getattr(theirs, name))
    assert_trees_close(first.statistics(phi, x), second.statistics(phi, rows))
    assert_trees_close(
        lu.inner_step(rule, first, phi, x), lu.inner_step(rule, second, phi, rows)
    )


def test_one_by_one_convolution_of_one_position_is_the_mlp(rule):
    base = conv(UNITS, (1, 1, 9), kernel_sizes=1)
    plain = mlp(UNITS)
    phi, x = plain.init_phi(9, 2), images(8, (1, 1, 9))
    assert_trees_close(base.init_phi(9, 2), phi, atol=0)
    assert_same_step(rule, base, plain, phi, x, x)
    assert_trees_close(base.embed(phi, x), plain.embed(phi, x))
    acts = base.forward(phi, x)
    trace = rule.trace(phi, acts, base.connections(acts))
    assert_trees_close(trace, rule.trace(phi, plain.forward(phi, x)))


@pytest.mark.parametrize("kernel", [3, (1, 3), None])
def test_a_kernel_of_the_whole_image_is_the_mlp(local, kernel):
    """A dense layer is a convolution: only one tap is inside, or all are."""
    shape = (1, 3, 2) if kernel != 3 else (3, 3, 2)
    base = conv(UNITS, shape, kernel_sizes=(kernel, 1, 1), padding="valid")
    plain, inputs = mlp(UNITS), int(np.prod(shape))
    phi, x = plain.init_phi(inputs, 2), images(8, shape)
    assert_trees_close(base.embed(phi, x), plain.embed(phi, x))
    assert_trees_close(base.init_phi(inputs, 2), phi, atol=0)


def test_one_by_one_convolution_is_the_mlp_of_positions(rule):
    base = conv(UNITS, (4, 3, 9), kernel_sizes=1)
    plain = mlp(UNITS)
    phi, x = plain.init_phi(9, 2), images(5, (4, 3, 9))
    rows = x.reshape(-1, 9)
    assert_same_step(rule, base, plain, phi, x, rows)
    mean = np.asarray(plain.embed(phi, rows)).reshape(5, 12, -1).mean(axis=1)
    np.testing.assert_allclose(base.embed(phi, x), mean, atol=1e-12)
    flat = conv(UNITS, (4, 3, 9), kernel_sizes=1, embedding="flatten")
    assert flat.embedding_units == 12 * UNITS[-1]
    np.testing.assert_allclose(
        flat.embed(phi, x), np.asarray(plain.embed(phi, rows)).reshape(5, -1)
    )


def test_one_token_without_attention_is_the_mlp(rule):
    base = attention(UNITS, attention=())
    plain = mlp(UNITS)
    phi, x = plain.init_phi(9, 2), images(8, (9,))
    assert_trees_close(base.init_phi(9, 2), phi, atol=0)
    assert_same_step(rule, base, plain, phi, x, x)


def test_tokens_without_attention_are_the_mlp_of_tokens(local):
    base, plain = attention(UNITS, attention=(), tokens=4), mlp(UNITS)
    phi, x = plain.init_phi(9, 2), images(5, (36,))
    assert_same_step(local, base, plain, phi, x, x.reshape(-1, 9))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("kernel", [1, 2, 3, (3, 1)])
def test_products_are_those_of_keras(kernel, padding, stride):
    base = conv(
        (4,), (7, 6, 3), kernel_sizes=(kernel,), padding=padding, strides=stride
    )
    phi, x = base.init_phi(126, 1), images(3, (7, 6, 3))
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    kernels = np.asarray(phi.layers[0].kernel).reshape(height, width, 3, 4)
    product = ops.convert_to_numpy(
        ops.conv(x.reshape(3, 7, 6, 3), kernels, stride, padding, "channels_last")
    )
    product = product.reshape(-1, 4) / np.sqrt(height * width * 3)
    z = (product - product.mean(0)) / np.sqrt(product.var(0) + 1e-4)
    z += np.asarray(phi.layers[0].bias)
    np.testing.assert_allclose(base.forward(phi, x).zs[0], z, atol=1e-10)
    four = x.reshape(3, 7, 6, 3)
    np.testing.assert_allclose(base.embed(phi, four), base.embed(phi, x), atol=0)


@pytest.mark.parametrize("pool", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [
        (1, 1, "same"),
        (3, 1, "same"),
        (3, 2, "same"),
        (2, 3, "valid"),
        (2, 2, "same"),
        (None, 1, "valid"),
        (1, 2, "valid"),
    ],
)
def test_collect_is_the_transpose_of_spread(pool, kernel, stride, padding):
    geometry = Geometry(
        *(axis_of(size, pool, kernel, stride, padding) for size in (9, 7))
    )
    connection = Patches(0, geometry)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3 * 63, 4))  # channels, rows, units
    spread = ops.convert_to_numpy(connection.spread(ops.convert_to_tensor(x)))
    e = rng.normal(size=spread.shape)
    (back,) = connection.collect(ops.convert_to_tensor(e))
    assert spread.shape == (2, 3 * geometry.positions, geometry.taps * 4)
    assert back.shape == x.shape
    np.testing.assert_allclose(np.sum(spread * e), np.sum(x * back), rtol=1e-12)
    sampled = connection.spread(ops.convert_to_tensor(x), every=4)
    np.testing.assert_array_equal(sampled, spread[:, ::4])


def test_outgoing_weights_are_those_that_a_unit_is_multiplied_with():
    geometry = Geometry(*(axis_of(5, 1, 3, 1, "same") for _ in range(2)))
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 6))
    (weights,) = Patches(0, geometry).outgoing(kernel.reshape(36, 6))
    expected = kernel.transpose(2, 0, 1, 3).reshape(4, 54)
    np.testing.assert_array_equal(weights, expected)


def test_attention_against_numpy():
    rng = np.random.default_rng(1)
    q, k, v = rng.normal(size=(3, 2 * 4, 5))  # two examples of four tokens
    mixing = Mixing((1, 2, 3), *map(ops.convert_to_tensor, (q, k, v)), 4)
    states = rng.normal(size=(3, 8, 5))
    for example in range(2):
        part = slice(4 * example, 4 * example + 4)
        scores = q[part] @ k[part].T / np.sqrt(5)
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(mixing.weights[example], weights, atol=1e-12)
        mixed = np.asarray(mixing.spread(None, None, states))[:, part]
        np.testing.assert_allclose(mixed, weights @ states[:, part], atol=1e-12)


def test_errors_of_attention_are_the_transposed_derivative():
    rng = np.random.default_rng(1)
    parts = rng.normal(size=(3, 2 * 4, 5))
    moves, error = rng.normal(size=(3, 8, 5)), rng.normal(size=(2, 8, 5))

    def mixed(step):
        q, k, v = (ops.convert_to_tensor(x) for x in parts + step * moves)
        return Mixing((1, 2, 3), q, k, v, 4), np.asarray(
            Mixing((1, 2, 3), q, k, v, 4).spread(q, k, v)
        )

    slope = (mixed(1e-6)[1] - mixed(-1e-6)[1]) / 2e-6
    errors = mixed(0.0)[0].collect(ops.convert_to_tensor(error))
    for channel in range(2):
        back = sum(
            np.sum(np.asarray(e)[channel] * m)
            for e, m in zip(errors, moves, strict=True)
        )
        np.testing.assert_allclose(back, np.sum(error[channel] * slope), rtol=1e-8)


CASES = {  # base model and image shape
    "conv": (lambda: conv(UNITS, (4, 4, 3), kernel_sizes=(2, 2, 1)), (4, 4, 3)),
    "attention": (lambda: attention(UNITS, tokens=4), (4, 4, 3)),
    "no residual": (lambda: attention(UNITS, tokens=4, residual=False), (4, 4, 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_order_of_examples_does_not_count(local, case):
    base, shape = CASES[case][0](), CASES[case][1]
    x = images(6, shape)
    phi = base.init_phi(x.shape[1], 2)
    assert_trees_close(
        lu.inner_step(local, base, phi, x), lu.inner_step(local, base, phi, x[::-1])
    )


@pytest.mark.parametrize("case", CASES)
def test_permuted_channels_permute_the_step(local, case):
    """The units of the first layer in another order, and what reads them."""
    base, shape = CASES[case][0](), CASES[case][1]
    x = images(6, shape)
    phi = base.init_phi(x.shape[1], 2)
    order = np.random.default_rng(0).permutation(UNITS[0])
    readers, taps = ((1,), 4) if case == "conv" else (_readers(base), 1)

    def permuted(index, field, value):
        if index == 0 or (case == "attention" and index == 4):  # of one stream
            return value[..., order]
        if index in readers and field != "bias":
            rows = value.reshape(taps, UNITS[0], -1)[:, order]
            return rows.reshape(value.shape)
        return value

    stepped = mapped(lu.inner_step(local, base, phi, x), permuted)
    other = mapped(phi, permuted)
    assert_trees_close(lu.inner_step(local, base, other, x), stepped)
    assert_trees_close(base.embed(other, x), base.embed(phi, x))


def _readers(base):
    """Layers that read the first layer's level unmixed."""
    return [
        index
        for index, kernel in enumerate(base.kernels)
        if 1 in kernel.levels and not kernel.mixes
    ]


def test_residual_stream_is_read_with_what_attention_adds():
    base = attention(UNITS, tokens=4)
    assert [kernel.levels for kernel in base.kernels] == [
        *((0,), (1,), (1,), (1,), (2, 3, 4), (1, 5)),
        *((6,), (6,), (6,), (7, 8, 9), (6, 10)),
    ]
    assert [kernel.mixes for kernel in base.kernels].count(True) == 2


def test_permuted_positions_permute_the_levels_and_not_the_step(local):
    """Whole columns of a 1 x 1 convolution; shifted around they are other rows."""
    base = conv(UNITS, (4, 4, 3), kernel_sizes=1)
    x = images(6, (4, 4, 3)).reshape(6, 16, 3)
    order = np.random.default_rng(0).permutation(16)
    phi = base.init_phi(48, 2)
    flat, other = x.reshape(6, -1), x[:, order].reshape(6, -1)
    assert_trees_close(
        lu.inner_step(local, base, phi, other), lu.inner_step(local, base, phi, flat)
    )
    tops = [
        np.asarray(base.forward(phi, rows).xs[-1]).reshape(6, 16, -1)
        for rows in (flat, other)
    ]
    np.testing.assert_allclose(tops[1], tops[0][:, order], atol=1e-10)


def test_a_mirrored_image_and_kernels_give_the_mirrored_step(local):
    """Positions of larger kernels are told apart by the taps alone, padding or not."""
    base = conv(UNITS[:2], (4, 4, 3), kernel_sizes=(3, 2), padding=("same", "valid"))
    x = images(6, (4, 4, 3)).reshape(6, 4, 4, 3)
    phi = base.init_phi(48, 2)
    below, taps = (3, UNITS[0]), (3, 2)

    def mirrored(index, field, value):
        if field == "bias":
            return value
        image = value.reshape(taps[index], taps[index], below[index], -1)
        return image[:, ::-1].reshape(value.shape)

    stepped = mapped(lu.inner_step(local, base, phi, x), mirrored)
    other = lu.inner_step(local, base, mapped(phi, mirrored), x[:, :, ::-1])
    assert_trees_close(other, stepped)


@pytest.mark.parametrize("residual", [True, False])
def test_permuted_tokens_permute_the_levels_and_not_the_step(local, residual):
    base = attention(UNITS, tokens=4, residual=residual)
    x = images(6, (4, 9)).reshape(6, 4, 9)
    order = np.array([2, 0, 3, 1])
    phi = base.init_phi(36, 2)
    flat, other = x.reshape(6, -1), x[:, order].reshape(6, -1)
    assert_trees_close(
        lu.inner_step(local, base, phi, other), lu.inner_step(local, base, phi, flat)
    )
    assert_trees_close(base.embed(phi, other), base.embed(phi, flat))
    tops = [
        np.asarray(base.forward(phi, rows).xs[-1]).reshape(6, 4, -1)
        for rows in (flat, other)
    ]
    np.testing.assert_allclose(tops[1], tops[0][:, order], atol=1e-10)
    waves = attention(UNITS, tokens=4, waves=2, residual=residual)
    phi = waves.init_phi(36, 2)
    assert not np.allclose(waves.embed(phi, other), waves.embed(phi, flat))


def test_every_kernel_is_changed_by_the_rule():
    base = attention(UNITS, tokens=4)
    phi, x = base.init_phi(36, 2), images(6, (36,))
    change = lu.phi_change(perturbed(lu.UpdateRule(dtype="float64")), base, phi, x)
    for layer in change.layers:
        for value in layer:
            assert np.ptp(ops.convert_to_numpy(value)) > 1e-3


def test_statistics_make_embeddings_inductive():
    for make, shape in CASES.values():
        base, x = make(), images(6, shape)
        phi = base.init_phi(x.shape[1], 2)
        statistics = base.statistics(phi, images(20, shape, seed=8))
        together = np.asarray(base.embed(phi, x, statistics))
        alone = [np.asarray(base.embed(phi, row[None], statistics)) for row in x]
        np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-12)
        assert together.shape == (6, base.embedding_units)


def test_words_are_one_hot_tokens():
    words = np.random.default_rng(0).integers(0, 5, size=(6, 4)).astype("float64")
    by_words = attention(UNITS, tokens=4, vocabulary=5, waves=2)
    by_rows = attention(UNITS, tokens=4, waves=2)
    one_hot = np.eye(5)[words.astype(int)].reshape(6, -1)
    phi = by_words.init_phi(4, 1)
    assert_trees_close(phi, by_rows.init_phi(20, 1), atol=0)
    assert_trees_close(by_words.embed(phi, words), by_rows.embed(phi, one_hot))


def test_patches_are_tokens():
    base = attention(UNITS, image_shape=(4, 6, 2), patch=2, waves=0)
    x = images(3, (4, 6, 2)).reshape(3, 4, 6, 2)
    tokens = x.reshape(3, 2, 2, 3, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(3, -1)
    other = attention(UNITS, tokens=6)
    phi = base.init_phi(48, 1)
    assert_trees_close(base.embed(phi, x), other.embed(phi, tokens))


def test_fewer_rows_make_the_weight_change(local):
    """Every k-th row, of positions that wander: as if the others were not there."""
    everywhere = conv(UNITS, (4, 4, 3), kernel_sizes=3)
    fewer = conv(UNITS, (4, 4, 3), kernel_sizes=3, rows=40)
    phi, x = everywhere.init_phi(48, 2), images(6, (4, 4, 3))
    connection = fewer.connections(fewer.forward(phi, x))[1]
    assert connection.every(96) == 3
    assert connection.every(1000) == 25
    change = lu.phi_change(local, fewer, phi, x)
    all_rows = lu.phi_change(local, everywhere, phi, x)
    for ours, theirs in zip(change.layers, all_rows.layers, strict=True):
        np.testing.assert_allclose(ours.bias, theirs.bias, atol=1e-12)
        assert not np.allclose(ours.kernel, theirs.kernel)
    states = {}
    for base in (everywhere, fewer):
        acts = base.forward(phi, x)
        connections = base.connections(acts)
        made = local.error_network(phi, acts, connections=connections)
        states[base] = local.update_network.sides(phi, acts, made, connections)
    for side, full in zip(states[fewer], states[everywhere], strict=True):
        for ours, theirs in zip(side["above"], full["above"], strict=True):
            np.testing.assert_array_equal(ours, np.asarray(theirs)[..., ::3, :])
        np.testing.assert_array_equal(side["below"].x, np.asarray(full["below"].x)[::3])


@pytest.mark.parametrize("case", [*CASES, "words"])
def test_configuration_round_trip(case):
    if case == "words":
        base = attention(UNITS, tokens=4, vocabulary=5, attention=(0,))
    else:
        base = CASES[case][0]()
    config = keras.saving.serialize_keras_object(base)
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == base.get_config()
    assert again.form() == base.form()


def test_default_geometry_is_a_convolution_and_dense_layers():
    base = lu.ConvBase((8, 7, 6), image_shape=(28, 28, 1))
    assert base.kernel_sizes == (7, None, None)
    assert base.strides == (4, 1, 1)
    assert base.shapes(784) == [(49, 8), (288, 7), (7, 6)]
    assert base.embedding_units == 6


ERRORS = {
    "image_shape": (lambda: lu.ConvBase((4,), image_shape=(28, 28)), "no shape of an"),
    "length": (lambda: lu.ConvBase((4, 4), kernel_sizes=(3,)), "kernel_sizes does not"),
    "padding": (lambda: lu.ConvBase((4,), padding="full"), "no such padding"),
    "embedding": (lambda: lu.ConvBase((4,), embedding="max"), "no such embedding"),
    "stride": (lambda: lu.ConvBase((4,), strides=0), "Layer 0 of the convolutional"),
    "too small": (
        lambda: lu.ConvBase(
            (4, 4),
            image_shape=(4, 4, 1),
            kernel_sizes=3,
            strides=2,
            padding="valid",
        ),
        "Nothing is left of the image at layer 1",
    ),
    "pooled away": (
        lambda: lu.ConvBase((4,), image_shape=(4, 4, 1), pooling=5),
        "Nothing is left of the image at the top",
    ),
    "width": (
        lambda: lu.ConvBase((4,), image_shape=(4, 4, 1)).init_phi(17),
        "Expected: 16 inputs",
    ),
    "patch": (
        lambda: lu.AttentionBase(image_shape=(28, 28, 1), patch=5),
        "cannot be cut into patches",
    ),
    "tokens": (lambda: lu.AttentionBase(tokens=0), "tokens is out of its range"),
    "not tokens": (
        lambda: lu.AttentionBase(tokens=3).init_phi(10),
        "cannot be cut into tokens",
    ),
    "attention": (lambda: lu.AttentionBase(attention=(2,)), "layers cannot attend"),
    "kind": (
        lambda: lu.UpdateRule().base_model("cnn", (4,)),
        "one of 'mlp', 'conv', 'attention'",
    ),
    "argument": (
        lambda: lu.UpdateRule().base_model("mlp", (4,), kernel_sizes=3),
        "'mlp' does not take kernel_sizes",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_wrong_arguments(case):
    make, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        make()


def test_wrong_inputs():
    base = conv(UNITS, (4, 4, 3))
    phi = base.init_phi(48)
    for shape, message in (
        ((3, 47), "no images of the base model's shape"),
        ((3, 4, 3, 4), "images have another shape"),
        ((3, 4, 12), r"x does not fit .* \(batch, height, width, channels\)"),
        ((1, 48), "A batch of one row has no batch statistics"),
    ):
        with pytest.raises(ValueError, match=message):
            base.embed(phi, np.zeros(shape))
    with pytest.raises(ValueError, match=r"layer 0 of phi .* kernel \(12, 7\)"):
        base.embed(mlp(UNITS).init_phi(12), images(3, (4, 4, 3)))
    with pytest.raises(ValueError, match="another number of layers"):
        base.embed(mlp(UNITS[:2]).init_phi(12), images(3, (4, 4, 3)))
    words = attention(UNITS, tokens=4, vocabulary=5)
    with pytest.raises(ValueError, match="no words of the vocabulary"):
        words.embed(words.init_phi(4), np.full((3, 4), 5.0))
