"""Files with one byte that is another."""

MASKS = (0x01, 0x20, 0x80, 0xFF)


def damaged(content, every=1, masks=MASKS):
    """Yields where, and the content with that byte changed.

    Args:
        content: bytes of a file.
        every: of how many bytes one is changed.
        masks: which of its bits, a byte each.
    """
    for position in range(0, len(content), every):
        for mask in masks:
            changed = bytearray(content)
            changed[position] ^= mask
            yield (position, mask), bytes(changed)


def outcome(read, source):
    """What a function returns, and the `ValueError` that it raises: one is None."""
    try:
        return read(source), None
    except ValueError as error:
        return None, error
