"""Small rules with cards, run directories and checkpoints for tests of the zoo."""

import json
import zipfile

import numpy as np
from keras import ops

import learned_update as lu
from learned_update.zoo.card import Card, card_path, write_card
from learned_update.zoo.checksum import file_sha256
from tests.rules_and_bases import neuron_local

CONFIG = """\
# Macros:
# ======
SIZE = 8

# Parameters for glyph_tasks:
glyph_tasks.size = %SIZE
glyph_tasks.ways = 10
folder.path = '/home/somebody/pictures of cats'
task_group.tasks = @glyph_tasks()
"""
TABLE = """\
dataset,method,steps,accuracy,half_width,behind,behind_half_width,initialisations,episodes
digits,meta-trained rule,100,0.913240,0.010059,0.000000,0.000000,5,100
digits,"PCA, 32 features",,0.884960,,0.028280,,1,100
"""


def assert_same_theta(a, b):
    for left, right in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def card_of(path, **fields):
    """A card for a file."""
    known = {
        "name": path.stem,
        "description": "a rule",
        "licence": "Apache-2.0",
        "origin": "a test",
        "sha256": file_sha256(path),
        "package_version": "0.1.0",
    }
    return Card(**{**known, **fields})


def with_card(path, **fields):
    """Writes a card beside a file; returns the file's path."""
    write_card(card_of(path, **fields), card_path(path))
    return path


def tampered(path):
    """Changes one byte of a file, in the weights."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def make_run(folder):
    """A run directory, with two outer steps after its last checkpoint."""
    (folder / "checkpoints").mkdir(parents=True)
    for step in (1, 2):
        (folder / "checkpoints" / f"outer_step_{step:08d}.npz").touch()
    rows = [
        {
            "outer_step": step,
            "truncation_length": 5 + step,
            "seconds": 1.25,
            "peak_memory_gb": 1.5 + step,
        }
        for step in (1, 2, 3, 4)
    ]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (folder / "config.gin").write_text(CONFIG)
    (folder / "table.csv").write_text(TABLE)
    rule = neuron_local()
    rule.save(folder / "rule.keras")
    return rule


def rewritten(path, change):
    """Rewrites a `.keras` file with `change` applied to its configuration."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def write_checkpoint(variables, prefix):
    """Writes a TensorFlow checkpoint."""
    import tensorflow as tf

    prefix.parent.mkdir(parents=True, exist_ok=True)
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(variables),
        shape_and_slices=[""] * len(variables),
        tensors=[np.float32(value) for value in variables.values()],
    )


def released_values(rule):
    """The rule's theta under the authors' names."""
    names = lu.released_variable_names(rule)
    values = (ops.convert_to_numpy(v) for v in rule.trainable_variables)
    return dict(zip(names, values, strict=True))
