"""What gin lets through, or says of misspelt names in words of its own."""

import contextlib
import inspect
import logging
import re

import gin
from gin import config as gin_config

from learned_update.configuration.finding import gin_files
from learned_update.configuration.near_names import nearest
from learned_update.errors import InvalidInputError, invalid

# What gin 0.5 says.
_NO_NAME = r"No configurable matching (?:reference )?'@?([^'()]+)"
_NO_PARAMETER = r"Configurable '([^']+)' doesn't have a parameter named '([^']+)'"
_NO_FILE = r"Unable to open file: (\S+)\."


@contextlib.contextmanager
def reworded():
    """Rewords what gin says of misspelt names, files and values."""
    logging.disable(logging.ERROR)  # gin logs every place where it did not find a file
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(_one_line(error)) from error
    except (ValueError, KeyError, SyntaxError, OSError, ImportError) as error:
        raise invalid(
            "The configuration cannot be used.",
            expected="bindings of names that exist, with Python literals as values",
            received=_one_line(error),
            remedy=_remedy(str(error)),
        ) from error
    finally:
        logging.disable(logging.NOTSET)


def _one_line(error):
    """The message of an error, and where in a file it occurred, on one line."""
    return " ".join(str(error).split())


def check_keywords():
    """Refuses bindings that gin lets through to the `**kwargs` of a layer."""
    for (_, selector), bindings in gin_config._CONFIG.items():
        wrapped = gin_config._REGISTRY[selector].wrapped
        if not inspect.isclass(wrapped):
            continue
        known = _parameters(wrapped)
        for name in bindings:
            if name not in known:
                raise invalid(
                    f"{selector} has no parameter {name!r}.",
                    expected="a binding of one of its parameters",
                    received=f"{selector}.{name}",
                    remedy=nearest(name, known, f"{selector} has"),
                )


def macros():
    """Names of the macros that are bound."""
    return {scope for scope, selector in gin_config._CONFIG if selector == "gin.macro"}


def check_macros(names):
    """Refuses macros that nothing refers to: a misspelt one would change nothing."""
    used = {
        reference.scoped_selector.rsplit("/", 1)[0]
        for reference in gin_config.iterate_references(
            gin_config._CONFIG, to=gin.get_configurable(gin_config.macro)
        )
    }
    for name in sorted(names - used):
        raise invalid(
            f"The macro {name!r} is bound, but nothing uses it.",
            expected="name.parameter = value, or the name of a macro in use",
            received=name,
            remedy=nearest(name, used, "Macros in use are"),
        )


def _remedy(message):
    """What to do about an error of gin, judged by its words."""
    if match := re.search(_NO_NAME, message):
        return nearest(match[1].split("/")[-1], _names(), "These can be configured")
    if match := re.search(_NO_PARAMETER, message):
        parameters = _parameters(gin_config._REGISTRY.get_match(match[1]).wrapped)
        return nearest(match[2], parameters, f"{match[1]} has")
    if match := re.search(_NO_FILE, message):
        return nearest(match[1], gin_files(), "The package has")
    return "Strings need quotes, references begin with @, macros with %."


def _names():
    """Names that bindings may use, without their modules and without gin's own."""
    selectors = (selector for selector, _ in gin_config._REGISTRY.items())
    return {
        selector.rsplit(".", 1)[-1]
        for selector in selectors
        if not selector.startswith("gin.")
    }


def _parameters(function):
    """Names of the keyword parameters of a function, or of a class and its bases."""
    functions = (
        [
            maker  # of a NamedTuple it is `__new__`
            for base in inspect.getmro(function)
            if base not in (object, tuple)
            for maker in (base.__init__, base.__new__)
            if inspect.isfunction(maker)
        ]
        if inspect.isclass(function)
        else [function]
    )
    return {
        parameter.name
        for function in functions
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and parameter.name not in ("self", "cls", "_cls")
    }
