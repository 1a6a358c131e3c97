"""What black boxes are made of, against independent NumPy in float64."""

import itertools

import numpy as np
from keras import ops
from scipy.special import softmax

from learned_update.few_shot.black_box.conditional import (
    class_representations,
    decoded,
)
from learned_update.few_shot.black_box.hyper_network import generated_classifier
from learned_update.few_shot.black_box.loss_information import (
    head_gradients,
    hidden_gradients,
    scaled_gradients,
)
from learned_update.few_shot.black_box.lstm_reader import read_beside
from learned_update.few_shot.black_box.memory import (
    DECAY,
    Memory,
    empty_memory,
    least_used,
    read_weights,
    write_weights,
    written,
)
from learned_update.few_shot.black_box.temporal import (
    causal_attention,
    causal_convolution,
    dense_block,
    initial_attention,
    initial_temporal,
    temporal_convolutions,
)
from learned_update.few_shot.embeddings.lstm import initial_lstm
from learned_update.few_shot.gradient.inner_steps import gradient_of
from learned_update.few_shot.objective import cross_entropy
from learned_update.randomness import generator
from tests.few_shot.metric.test_equations import numpy_run
from tests.few_shot.small import FLOAT64, float64

pytestmark = FLOAT64


def close(found, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, atol=1e-10)


def draw(*shape, seed=5):
    return np.random.default_rng(seed).normal(size=shape)


def test_least_used_slots_and_their_ties():
    usage = float64(np.array([0.3, 0.1, 0.2, 0.1]))
    close(least_used(usage, 3), np.eye(4)[[1, 3, 2]])  # of a tie the first
    close(least_used(0 * usage, 2), np.eye(4)[[0, 1]])  # nothing was used yet


def test_write_weights_are_between_what_was_read_and_what_is_unused():
    gate, reads = np.array([[0.25], [1.0]]), softmax(draw(2, 4), axis=1)
    found = write_weights(*float64((gate, reads, np.eye(4)[[1, 3]])))
    expected = np.stack([0.25 * reads[0] + 0.75 * np.eye(4)[1], reads[1]])
    close(found, expected)


def test_a_step_of_the_memory():
    rows, keys = draw(5, 3), draw(2, 3, seed=6)
    usage, reads = np.array([0.5, 0.2, 0.9, 0.2, 0.3]), softmax(draw(2, 5), axis=1)
    gate = np.array([[0.3], [0.6]])
    given = Memory(*float64((rows, usage, reads)))
    found = written(given, *float64((keys, gate)), 2.0)
    unused = np.eye(5)[[1, 3]]
    writes = gate * reads + (1 - gate) * unused
    directions = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (keys, rows)]
    looked = softmax(2.0 * directions[0] @ directions[1].T, axis=1)
    emptied = rows.copy()
    emptied[[1, 3]] = 0
    close(found.rows, emptied + writes.T @ keys)
    close(found.reads, looked)
    close(found.usage, DECAY * usage + (looked + writes).sum(axis=0))
    close(read_weights(*float64((keys, rows)), 2.0), looked)


def test_the_first_writes_fill_different_slots():
    memory = empty_memory(6, 2, 2, "float64")
    keys, gate = float64(draw(2, 2)), float64(np.zeros((2, 1)))
    first = written(memory, keys, gate, 1.0)
    second = written(first, 2 * keys, gate, 1.0)
    close(first.rows[:2], ops.convert_to_numpy(keys))
    close(second.rows[:4], ops.convert_to_numpy(ops.concatenate([keys, 2 * keys])))


def test_causal_convolution():
    past, asked, kernel, bias = draw(4, 3), draw(2, 3, seed=6), draw(6, 5), draw(5)
    for dilation in (1, 2, 8):
        for alternative in range(2):
            x = np.concatenate([past, asked[alternative, None]])
            expected = np.empty((5, 5))
            for t in range(5):
                before = x[t - dilation] if t >= dilation else 0 * x[0]
                expected[t] = before @ kernel[:3] + x[t] @ kernel[3:] + bias
            found = causal_convolution(
                *float64(((kernel, bias), past, asked)), dilation
            )
            close(found[0], expected[:4])
            close(found[1][alternative], expected[4])


def test_temporal_convolutions_see_the_past_alone_and_reach_over_the_length():
    blocks, width = initial_temporal(generator(0), 3, 2, length=8)
    assert (len(blocks), width) == (3, 9)
    blocks, past, asked = float64(blocks), draw(7, 3), draw(2, 3, seed=6)
    kept = temporal_convolutions(blocks, *float64((past, asked)))
    assert [x.shape for x in kept] == [(7, 9), (2, 9)]
    close(dense_block(blocks[0], *float64((past, asked)), 1)[1][:, :3], asked)
    for changed in (0, 5):
        other = past.copy()
        other[changed] += 1
        moved = temporal_convolutions(blocks, *float64((other, asked)))
        differs = np.abs(np.subtract(moved[0], kept[0])).max(axis=1) > 1e-12
        np.testing.assert_array_equal(differs, np.arange(7) >= changed)
        assert (np.abs(np.subtract(moved[1], kept[1])).max(axis=1) > 1e-12).all()


def test_causal_attention():
    past, asked = draw(3, 3), draw(2, 3, seed=6)
    weights = {
        name: (draw(3, size, seed=size + len(name)), draw(size, seed=size))
        for name, size in (("query", 5), ("key", 5), ("value", 2))
    }
    found = causal_attention(*float64((weights, past, asked)))
    for alternative in range(2):
        x = np.concatenate([past, asked[alternative, None]])
        query, key, value = (
            x @ weights[name][0] + weights[name][1]
            for name in ("query", "key", "value")
        )
        expected = np.empty((4, 2))
        for t in range(4):
            attended = softmax(query[t] @ key[: t + 1].T / np.sqrt(5))
            expected[t] = attended @ value[: t + 1]
        expected = np.concatenate([x, expected], axis=-1)
        close(found[0], expected[:3])
        close(found[1][alternative], expected[3])


def test_attention_begins_as_a_similarity():
    weights, width = initial_attention(generator(0), 4, 3, 2)
    assert width == 6
    np.testing.assert_array_equal(weights["query"][0], weights["key"][0])


def chain(*widths):
    return tuple(
        (draw(n, m, seed=n), draw(m, seed=m)) for n, m in itertools.pairwise(widths)
    )


def test_conditional_process_of_each_class():
    support, query = draw(4, 3), draw(2, 3, seed=6)
    membership = np.eye(2)[[0, 0, 0, 1]]  # not the same number of each class
    encoder, decoder = chain(3, 5, 4), chain(11, 6, 1)

    def run(weights, x):
        hidden = np.maximum(x @ weights[0][0] + weights[0][1], 0)
        return hidden @ weights[1][0] + weights[1][1]

    encoded = run(encoder, support)
    expected = np.stack([encoded[:3].mean(axis=0), encoded[3]])
    close(class_representations(*float64((encoder, support, membership))), expected)
    scores = np.empty((2, 2))
    for i in range(2):
        for c in range(2):
            seen = [query[i], expected[c], expected.mean(axis=0)]
            scores[i, c] = run(decoder, np.concatenate(seen))[0]
    close(decoded(*float64((decoder, query, expected))), scores)


def test_gradients_of_each_example():
    x, kernel, head = draw(4, 3), draw(3, 5, seed=1), draw(5, 2, seed=2)
    labels = np.array([0, 1, 1, 0])
    r = np.maximum(x @ kernel, 0)
    close_to = head_gradients(*float64((r, head, np.eye(2)[labels])))
    below = hidden_gradients(*float64((x, kernel, head, np.eye(2)[labels])))
    for i in range(4):
        one, label = float64((x[i : i + 1], labels[i : i + 1]))

        def loss(weights, one=one, label=label):
            hidden = ops.relu(ops.matmul(one, weights[0]))
            return cross_entropy(ops.matmul(hidden, weights[1]), label)

        expected = gradient_of(loss, float64((kernel, head)))
        close(below[i], ops.convert_to_numpy(expected[0]))
        close(close_to[i], ops.convert_to_numpy(expected[1]))


def test_scaled_gradients():
    found = scaled_gradients(float64(np.array([1.0, -np.exp(-3.5), 1e-8, 0.0])))
    expected = [[0, 1], [-0.5, -1], [-1, 1e-8 * np.exp(7)], [-1, 0]]
    close(found, expected)


def test_generated_classifier():
    weights = tuple((draw(n, m), draw(m)) for n, m in ((3, 4), (4, 4)))
    prototypes = draw(2, 3, seed=9)
    made = np.maximum(prototypes @ weights[0][0] + weights[0][1], 0)
    made = made @ weights[1][0] + weights[1][1]
    kernel, bias = generated_classifier(float64(weights), float64(prototypes))
    close(kernel, made[:, :3].T)
    close(bias, made[:, 3])


def test_an_lstm_reads_the_support_beside_every_query():
    rng = np.random.default_rng(6)
    known, query = rng.normal(size=(4, 5)), rng.normal(size=(3, 2))
    weights = initial_lstm(generator(5), 7, 3)
    expected = [
        numpy_run(weights, np.hstack([known, np.abs(known[:, :2] - row)]))[-1]
        for row in query
    ]
    close(read_beside(float64(weights), *float64((known, query))), np.stack(expected))
