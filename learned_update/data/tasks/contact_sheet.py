"""A picture of a task: its classes before and after everything that is done to them."""

import math

import numpy as np
from keras import ops
from matplotlib.figure import Figure

from learned_update.files import atomic_path
from learned_update.ops.augmentation import augment
from learned_update.ops.input_maps import apply_input_map, gather
from learned_update.randomness import generator

GAP = 1  # pixels between images
INCHES_PER_IMAGE = 0.42
DOTS_PER_INCH = 150
LONGEST_NAME = 14  # letters of a class name


def contact_sheet(tasks, samples=6, seed=0):
    """Examples of a task per class: as they are, augmented, and as the base model sees.

    Args:
        tasks: `TaskDistribution`.
        samples: examples per class, at most `tasks.shots`.
        seed: of the task and of the examples.

    Returns:
        A matplotlib `Figure` of three panels, a row per class. The last panel is
        stretched to the range of its values.
    """
    rng = generator(seed)
    task = tasks.draw_task(rng)
    batch = tasks.draw_batch(rng, task, steps=1, batch_size=2)
    samples = min(samples, tasks.shots)
    first = batch.inner.shape[-1]  # the coefficients of the support come after these
    chosen = np.arange(tasks.ways)[:, None] * tasks.shots + np.arange(samples)
    chosen = chosen.ravel()  # rows of the support
    rows = batch.support[:, chosen]  # (1, rows)
    plain = augmented = gather(tasks.pixels, rows, "float32")
    if tasks.augmentation is not None:
        augmented = augment(
            tasks.pixels,
            tasks.resident().noise,
            rows,
            batch.coefficients[:, first + chosen],
            batch.noise[:, first + chosen],
            tasks.image_shape,
            "float32",
        )
    leading = type(task.input_map)(*(part[None] for part in task.input_map))
    mapped = apply_input_map(augmented, leading)
    dataset = tasks.datasets[task.dataset]
    panels = {
        f"{dataset.name}: as prepared": _clipped(plain),
        "augmented": _clipped(augmented),
        "as the base model sees them": _stretched(mapped),
    }
    names = [_printable(dataset.class_names[label]) for label in task.classes]
    return _figure(panels, names, tasks.image_shape, samples)


def save_contact_sheet(tasks, path, samples=6, seed=0):
    """Writes `contact_sheet` as PNG, atomically."""
    figure = contact_sheet(tasks, samples, seed)
    with atomic_path(path) as partial:
        figure.savefig(partial, format="png", dpi=DOTS_PER_INCH)


def mosaic(images, shape, samples):
    """Images side by side, a row per class, with gaps of NaN between them.

    Args:
        images: `(classes * samples, inputs)`, class by class.
        shape: `(height, width, channels)`; a row of a table is folded to a square.
        samples: images of a class.

    Returns:
        `(height of all, width of all, channels)`.
    """
    height, width, channels = shape
    if height == 1 and width > 1:
        side = math.ceil(math.sqrt(width))
        height, width = math.ceil(width / side), side
        missing = height * width * channels - images.shape[1]
        images = np.pad(images, ((0, 0), (0, missing)), constant_values=np.nan)
    images = images.reshape(-1, samples, height, width, channels)
    gaps = ((0, 0), (0, 0), (0, GAP), (0, GAP), (0, 0))
    images = np.pad(images, gaps, constant_values=np.nan)
    classes = len(images)
    images = images.transpose(0, 2, 1, 3, 4)  # class, y, sample, x, channel
    images = images.reshape(classes * (height + GAP), samples * (width + GAP), channels)
    return images[:-GAP, :-GAP]


def _clipped(images):
    return np.clip(ops.convert_to_numpy(images)[0], 0, 1)


def _stretched(images):
    images = ops.convert_to_numpy(images)[0]
    low, high = images.min(), images.max()
    return (images - low) / (high - low)


def _printable(name):
    """A class name that every font can draw: other letters by their code points."""
    if name.isascii():
        return name[:LONGEST_NAME]
    return " ".join(f"U+{ord(letter):04X}" for letter in name)[:LONGEST_NAME]


def _figure(panels, names, shape, samples):
    sheets = {title: mosaic(x, shape, samples) for title, x in panels.items()}
    height, width, _ = next(iter(sheets.values())).shape
    tall = INCHES_PER_IMAGE * len(names)
    wide = tall * width / height
    figure = Figure(
        figsize=(len(sheets) * (wide + 0.3) + 1.3, tall + 0.7), layout="constrained"
    )
    axes = figure.subplots(1, len(sheets), squeeze=False)[0]
    for axis, (title, sheet) in zip(axes, sheets.items(), strict=True):
        grey = sheet.shape[-1] != 3
        axis.imshow(
            sheet[..., 0] if grey else np.nan_to_num(sheet, nan=1.0),
            cmap="gray",
            vmin=0,
            vmax=1,
            interpolation="nearest",
        )
        axis.set_title(title, fontsize="small")
        axis.set_xticks([])
        axis.set_yticks([])
        for side in axis.spines.values():
            side.set_visible(False)
    centres = (np.arange(len(names)) + 0.5) * height / len(names)
    axes[0].set_yticks(centres, names, fontsize="x-small")
    axes[0].tick_params(length=0)
    return figure
