"""Texts in memory, checked so that none is taken for another."""

from collections.abc import Iterable, Mapping, Set

from learned_update.errors import invalid


def strings(texts):
    """Yields texts one by one.

    Args:
        texts: strings, or bytes; a list, a column of a table or any other iterable
            with an order, read once.

    Yields:
        str or bytes.

    Raises:
        ValueError: if they are a single text, a table, a mapping or a set, whose
            iteration yields something else than its texts in their order, or if one is
            no string.
    """
    _check_container(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str | bytes):
            raise invalid(
                f"Text {position} is no string.",
                expected="str, or bytes in UTF-8",
                received=f"{text!r:.80}",
                remedy="Leave it out, or give an empty string in its place.",
            )
        yield text


def check_utf8(texts, name):
    """Raises `ValueError` if a text is of bytes that are not UTF-8."""
    for position, text in enumerate(texts):
        try:
            if isinstance(text, bytes):
                text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise invalid(
                f"Text {position} of data set {name!r} is not in UTF-8.",
                expected="str, or bytes in UTF-8",
                received=f"{text!r:.80} ({error.reason})",
                remedy="Decode it first, such as with `text.decode('latin-1')`.",
            ) from error


def _check_container(texts):
    if isinstance(texts, str | bytes | bytearray):
        raise invalid(
            "This is a single text.",
            expected="a list or another iterable of texts",
            received=f"{type(texts).__name__} of length {len(texts)}",
            remedy="Put it into a list: `[text]`.",
        )
    axes = getattr(texts, "ndim", 1)  # of arrays, and of tables
    if axes != 1 or hasattr(texts, "columns"):
        columns = ", ".join(map(repr, getattr(texts, "columns", ())))
        shape = getattr(texts, "shape", "")
        raise _no_texts(
            texts,
            f" of shape {shape}"
            + (f" with the columns {columns:.80}" if columns else ""),
            "Give the column of the texts alone: `table['text']`, `array[:, 0]`.",
        )
    if isinstance(texts, Mapping):
        remedy = "Give its values: `list(texts.values())`, or one of them."
        raise _no_texts(
            texts, f" with the keys {', '.join(map(str, texts)):.80}", remedy
        )
    if isinstance(texts, Set):
        raise _no_texts(texts, ", which has no order", "Give a list: `sorted(texts)`.")
    if not isinstance(texts, Iterable):
        raise _no_texts(texts, f", {texts!r:.80}", "`from_path` reads files.")


def _no_texts(texts, more, remedy):
    return invalid(
        "These are no texts.",
        expected="a list, a column of a table or another iterable of texts",
        received=f"{type(texts).__name__}{more}",
        remedy=remedy,
    )
