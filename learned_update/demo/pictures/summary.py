"""What was dropped, in words."""

from learned_update.demo.pictures.fields import examples
from learned_update.demo.pictures.markup import count, escaped

MOST_NOTES = 5


def summary(title, read):
    """HTML that says what the data are.

    Args:
        title: of what was dropped.
        read: `Read`.
    """
    dataset = read.dataset
    rows, height, width, channels = dataset.images.shape
    if height > 1:
        colour = "grey" if channels == 1 else "colour"
        what = f"{count(rows, 'image')}, {width} &times; {height}, {colour}"
    else:
        what = f"{count(rows, 'row')} of {count(width * channels, 'number')}"
    if dataset.labels is None:
        what += ", no labels"
    else:
        what += f", {count(len(dataset.class_names), 'class')}"
    strip = examples(dataset.images) if height > 1 else ""
    return (
        f'<div class="lu-summary"><b>{escaped(title)}</b> {what}'
        f"{f'<div class=lu-strip>{strip}</div>' if strip else ''}"
        f"{notes(read.notes)}</div>"
    )


def notes(texts):
    """HTML of what was guessed or left out."""
    shown = [f"<p class=lu-note>{escaped(text)}</p>" for text in texts[:MOST_NOTES]]
    if len(texts) > MOST_NOTES:
        shown.append(f"<p class=lu-note>And {len(texts) - MOST_NOTES} more.</p>")
    return "".join(shown)


def refusal(text):
    """HTML of an error, one paragraph."""
    return f'<p class="lu-error" role="alert">{escaped(text)}</p>'
