"""How the package words what went wrong."""


class InvalidInputError(ValueError):
    """Bad input; the message, which says what to do, is all that a user needs."""


def describe(problem, expected, received, remedy):
    """One message that says what was wrong, expected and received, and the remedy."""
    return f"{problem} Expected: {expected}. Received: {received}. {remedy}"


def invalid(problem, *, expected, received, remedy):
    """A `ValueError` for bad input, worded by `describe`."""
    return InvalidInputError(describe(problem, expected, received, remedy))


class Stopped(KeyboardInterrupt):
    """The end was asked for, and everything so far is on disk.

    Args:
        message: for people.
        number: of the signal that asked; None if the command did.

    Attributes:
        status: with which the process is to exit, as shells report the signal; 0 if
            there was none.
    """

    def __init__(self, message, number):
        super().__init__(message)
        self.status = 0 if number is None else 128 + number
