"""The panel beside the fields: progress, pictures, downloads."""

from learned_update.demo.pictures.accuracy_line import accuracy_line
from learned_update.demo.pictures.fields import fields
from learned_update.demo.pictures.markup import count, escaped
from learned_update.demo.pictures.scatter import scatter
from learned_update.demo.pictures.summary import notes
from learned_update.demo.uploads.limits import MEGABYTE, megabytes

EMPTY = """<div class="lu-empty">
<ol>
<li><b>Drop</b> images, a zip of a folder whose sub-folders are classes, or a table.
</li>
<li><b>Learn</b>: a small network is trained on your data by a rule that was itself
learned. No label is used.</li>
<li><b>Watch</b> the features fall into place, and take them and the encoder away.</li>
</ol>
<p>Everything stays on the machine that serves this page.</p>
</div>"""

WHAT = {
    ".npz": "arrays, with labels and file names",
    ".csv": "a table",
    ".keras": "a Keras model",
    ".onnx": "for ONNX Runtime",
}


def panel(course, stage, dataset, seconds, said=(), downloads=""):
    """HTML of a stage.

    Args:
        course: `Course`.
        stage: `Stage`.
        dataset: `Dataset` that is learned from.
        seconds: since the first stage.
        said: notes, in sentences.
        downloads: HTML below the pictures.
    """
    image_shape = dataset.images.shape[1:]
    cards = [
        _card(
            "Features",
            f"two main directions of {count(len(course.shown), 'row')}",
            scatter(stage.points, course.labels, dataset.class_names),
        )
    ]
    if image_shape[0] > 1:
        kernel = stage.encoder.phi_.layers[0].kernel
        cards.append(
            _card(
                "Receptive fields",
                "first layer; blue positive, red negative",
                f'<div class="lu-fields">{fields(kernel, image_shape)}</div>',
            )
        )
    if stage.accuracies:
        few = course.few_labels
        cards.append(
            _card(
                "Few-shot accuracy",
                f"in %, {count(few.shots, 'label')} for each of "
                f"{few.episodes.ways} classes",
                accuracy_line(
                    stage.accuracies, course.encoder.steps, course.raw_accuracy
                ),
            )
        )
    return (
        f'<div class="lu-panel">{_progress(stage.step, course.encoder.steps, seconds)}'
        f'<div class="lu-cards">{"".join(cards)}</div>{notes(said)}{downloads}</div>'
    )


def downloads(address, files, code):
    """HTML of the links, and of the same in Python.

    Args:
        address: that the names of the files are appended to.
        files: `{name: bytes}`.
        code: that gives the same features.
    """
    links = "".join(
        f'<a href="{escaped(address + name)}" download="{name}"><b>{name}</b>'
        f"<small>{WHAT['.' + name.rsplit('.')[-1]]}, {_size(size)}</small></a>"
        for name, size in files.items()
    )
    return (
        f'<div class="lu-downloads">{links}</div><details class="lu-code">'
        f"<summary>The same in Python</summary><pre>{escaped(code)}</pre></details>"
    )


def _progress(step, steps, seconds):
    said = f"{step:,} of {count(steps, 'inner step')}"
    if 0 < step < steps and seconds > 0:
        said += f" · {max(1, round(seconds / step * (steps - step))):,} s left"
    elif step and seconds > 0:
        said += f" in {seconds:.1f} s"
    done = 100 * step / steps
    return (
        f'<div class="lu-progress"><div role="progressbar" aria-valuemin="0" '
        f'aria-valuemax="{steps}" aria-valuenow="{step}">'
        f'<i style="width:{done:.1f}%"></i></div><span>{said}</span></div>'
    )


def _card(title, what, content):
    return f"<figure><figcaption><b>{title}</b> {what}</figcaption>{content}</figure>"


def _size(size):
    if size >= MEGABYTE:
        return megabytes(size)
    return f"{max(1, round(size / 1000))} kB"
