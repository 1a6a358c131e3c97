"""Largest differences of the package's meta-gradient from plain JAX, in float64.

Run in a process of its own on JAX. Prints JSON: per result its largest difference,
relative to its largest value.
"""

import itertools
import json
import sys

import keras
import numpy as np
from keras import ops

if __name__ == "__main__":  # and not where pytest looks for doctests
    keras.config.set_floatx("float64")

from learned_update.benchmarks.yardsticks import meta_gradient_pair
from learned_update.meta.truncated_step import TruncatedStep
from learned_update.training.objective import cosine_objective
from learned_update.types import (
    EpisodeShape,
    InputMap,
    LayerParams,
    Phi,
    Resident,
    TaskBatch,
    TruncationData,
)
from tests import random_rules

TASKS, STEPS, BATCH, INPUTS, UNITS, EXAMPLES = 3, 3, 7, 6, (5, 4), 30
EPISODE = EpisodeShape(ways=3, shots=2, queries=2)
CLIP_NORM = 0.05  # small, so that tasks are clipped


def problem(rng):
    """`(step, phi, data)` of random numbers."""
    rule = random_rules.neuron_local_rule(random_rules.neuron_local_theta(rng))
    base = rule.base_mlp(UNITS)
    step = TruncatedStep(rule, base, cosine_objective(), EPISODE)
    widths = itertools.pairwise((INPUTS, *UNITS))
    layers = [
        LayerParams(
            rng.normal(size=(TASKS, below, above)),
            rng.normal(scale=0.3, size=(TASKS, above)),
            rng.normal(size=(TASKS, below, above)),
        )
        for below, above in widths
    ]
    rows = EPISODE.ways * EPISODE.shots
    data = TruncationData(
        resident=Resident(rng.integers(0, 256, (EXAMPLES, INPUTS), dtype=np.uint8)),
        input_map=InputMap(
            rng.uniform(size=(TASKS, INPUTS)), rng.normal(size=(TASKS, INPUTS, INPUTS))
        ),
        batch=TaskBatch(
            *(
                rng.integers(0, EXAMPLES, (STEPS, TASKS, count), dtype=np.int32)
                for count in (BATCH, rows, rows)
            )
        ),
        steps=np.int32(STEPS),
    )
    return step, *keras.tree.map_structure(
        ops.convert_to_tensor, (Phi(tuple(layers)), data)
    )


def main():
    step, phi, data = problem(np.random.default_rng(0))
    results = []
    for function in meta_gradient_pair(step, phi, data, CLIP_NORM):
        gradient, phi_after, loss = function()
        named = {f"gradient {name}": value for name, value in gradient.items()}
        for index, layer in enumerate(phi_after):
            named |= {f"phi {index} {name}": value for name, value in layer.items()}
        named["loss"] = loss
        results.append({k: ops.convert_to_numpy(v) for k, v in named.items()})
    package, plain = results
    if package.keys() != plain.keys():
        raise RuntimeError(f"other names: {package.keys() ^ plain.keys()}")
    largest = {}  # of all gradients, of all of phi and of the losses
    for name, value in plain.items():
        kind = name.split()[0]
        largest[kind] = max(largest.get(kind, 0.0), np.abs(value).max())
    print(
        json.dumps(
            {
                name: float(np.abs(package[name] - value).max())
                / float(largest[name.split()[0]])
                for name, value in plain.items()
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
