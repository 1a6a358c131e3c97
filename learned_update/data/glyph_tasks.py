"""The tasks that rules are meta-trained on: telling characters of a script apart."""

import gin

from learned_update.data.glyphs import glyphs
from learned_update.data.input_maps import InputMapDistribution
from learned_update.data.tasks import TaskDistribution
from learned_update.data.writing_systems import META_TRAIN_SCRIPTS

gin.external_configurable(InputMapDistribution)
INPUT_MAPS = InputMapDistribution()


@gin.configurable
def glyph_tasks(
    scripts=META_TRAIN_SCRIPTS,
    size=8,
    renderings=32,
    seed=0,
    fonts=None,
    ways=10,
    shots=10,
    queries=10,
    batch_size=64,
    input_maps=INPUT_MAPS,
):
    """Renders scripts and draws tasks from them, all scripts equally often.

    Args:
        scripts: names of scripts.
        size: height and width of the images.
        renderings: images per character.
        seed: of the renderings.
        fonts: a folder of fonts; None takes those of matplotlib.
        ways: classes per task.
        shots: support examples per class.
        queries: query examples per class.
        batch_size: examples of an inner batch.
        input_maps: how tasks map their inputs; None leaves the inputs as they are.

    Returns:
        `TaskDistribution`.
    """
    return TaskDistribution(
        [glyphs(script, size, renderings, seed, fonts) for script in scripts],
        ways=ways,
        shots=shots,
        queries=queries,
        batch_size=batch_size,
        input_maps=input_maps,
    )
