"""How the package words what went wrong."""


class InvalidInputError(ValueError):
    """Bad input; the message, which says what to do, is all that a user needs."""


def describe(problem, expected, received, remedy):
    """One message that says what was wrong, expected and received, and the remedy."""
    return f"{problem} Expected: {expected}. Received: {received}. {remedy}"


def invalid(problem, *, expected, received, remedy):
    """A `ValueError` for bad input, worded by `describe`."""
    return InvalidInputError(describe(problem, expected, received, remedy))
