"""How the package words what went wrong."""


def describe(problem, expected, received, remedy):
    """One message that says what was wrong, expected and received, and the remedy."""
    return f"{problem} Expected: {expected}. Received: {received}. {remedy}"


def invalid(problem, *, expected, received, remedy):
    """A `ValueError` for bad input, worded by `describe`."""
    return ValueError(describe(problem, expected, received, remedy))
