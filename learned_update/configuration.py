"""Finds gin files, parses them strictly and keeps them with the results."""

import difflib
import inspect
import logging
import re
from pathlib import Path

import gin
from gin import config as gin_config

from learned_update.errors import invalid
from learned_update.files import atomic_path

CONFIG_FILE = "config.gin"

# What gin 0.5 says.
_NO_NAME = r"No configurable matching (?:reference )?'@?([^'()]+)"
_NO_PARAMETER = r"Configurable '([^']+)' doesn't have a parameter named '([^']+)'"
_NO_FILE = r"Unable to open file: (\S+)\."


def gin_folder():
    """The folder of the package's own configurations, installed or in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "gin"
    return installed if installed.is_dir() else package.parent / "gin"


def gin_files():
    """Names of the package's own configurations, such as `rule/released.gin`."""
    folder = gin_folder()
    return tuple(
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gin"))
    )


def find(name):
    """Finds a gin file in the working directory, then among the package's own.

    Args:
        name: a path, absolute, or relative to one of the two.

    Returns:
        The `Path` of the file.

    Raises:
        ValueError: if neither has it.
    """
    for folder in (Path(), gin_folder()):
        path = folder / name  # an absolute name ignores the folder
        if path.is_file():
            return path
    raise invalid(
        f"There is no gin file {name!r}.",
        expected=f"a file in {Path.cwd()} or {gin_folder()}",
        received=name,
        remedy=_nearest(name, gin_files(), "The package has"),
    )


def load(files=(), parameters=()):
    """Parses gin files, then single bindings; what is misspelt is an error.

    Whatever the bindings configure must have been imported before. Files may include
    others, which are found like those named here.

    Args:
        files: names of gin files, later ones win.
        parameters: bindings such as `"meta_train.outer_steps = 100"`; they win.

    Raises:
        ValueError: for an unknown file, name or parameter, for a value that cannot be
            read and for a macro that nothing uses.
    """
    if str(gin_folder()) not in gin_config._LOCATION_PREFIXES:
        gin.add_config_file_search_path(str(gin_folder()))
    paths = [find(name) for name in files]
    with gin.unlock_config():
        for path in paths:
            _parse(gin.parse_config_file, str(path))
        _check_macros(_macros())
        for parameter in parameters:
            before = _macros()
            _parse(gin.parse_config, _one_binding(parameter))
            _check_macros(_macros() - before)
        _check_keywords()
        _parse(gin.finalize)


def save(run_dir):
    """Writes the resolved configuration beside the results, as `config.gin`.

    Includes are resolved, so the file alone repeats the run. A run directory belongs
    to one configuration: continuing it with another one would mix two experiments.

    Args:
        run_dir: folder of the run; made if it does not exist.

    Returns:
        The `Path` written.

    Raises:
        ValueError: if the folder holds results of another configuration.
    """
    path = Path(run_dir) / CONFIG_FILE
    resolved = gin.config_str()
    if path.is_file() and any(other != path for other in path.parent.iterdir()):
        _check_same(path, path.read_text(encoding="utf-8"), resolved)
    with atomic_path(path) as unfinished:
        unfinished.write_text(resolved, encoding="utf-8")
    return path


def save_operative(path):
    """Writes every setting that the calls so far went by, defaults among them.

    Args:
        path: of the gin file.
    """
    with atomic_path(path) as unfinished:
        unfinished.write_text(gin.operative_config_str(), encoding="utf-8")


def _check_same(path, before, now):
    changes = [
        line
        for line in difflib.unified_diff(
            before.splitlines(), now.splitlines(), n=0, lineterm=""
        )
        if not line.startswith(("---", "+++", "@@"))
    ]
    if changes:
        raise invalid(
            f"{path.parent} holds a run with another configuration.",
            expected=f"the settings of {path}",
            received="; ".join(changes),
            remedy="Name another run directory, or repeat the settings of that run. "
            f"To go on with new settings nevertheless, remove {path}.",
        )


def _one_binding(parameter):
    if "=" not in parameter:
        raise invalid(
            "This is no gin binding.",
            expected="name.parameter = value",
            received=parameter,
            remedy="Strings need quotes of their own: 'BaseMLP.activation = \"tanh\"'.",
        )
    return parameter


def _parse(function, *arguments):
    """Calls gin; rewords what it says of misspelt names, files and values."""
    logging.disable(logging.ERROR)  # gin logs every place where it did not find a file
    try:
        function(*arguments)
    except (ValueError, KeyError, SyntaxError, OSError, ImportError) as error:
        raise invalid(
            "The configuration cannot be used.",
            expected="bindings of names that exist, with Python literals as values",
            received=" ".join(str(error).split()),
            remedy=_remedy(str(error)),
        ) from error
    finally:
        logging.disable(logging.NOTSET)


def _remedy(message):
    """What to do about an error of gin, judged by its words."""
    if match := re.search(_NO_NAME, message):
        return _nearest(match[1].split("/")[-1], _names(), "These can be configured")
    if match := re.search(_NO_PARAMETER, message):
        parameters = _parameters(gin_config._REGISTRY.get_match(match[1]).wrapped)
        return _nearest(match[2], parameters, f"{match[1]} has")
    if match := re.search(_NO_FILE, message):
        return _nearest(match[1], gin_files(), "The package has")
    return "Strings need quotes, references begin with @, macros with %."


def _nearest(name, known, lead):
    """Says which known names are like `name`, or which there are."""
    lower = {item.lower(): item for item in sorted(known)}
    near = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(lower[item]) for item in near)}?"
    return f"{lead}: {', '.join(sorted(known)) or 'none'}."


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


def _check_keywords():
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
                    remedy=_nearest(name, known, f"{selector} has"),
                )


def _macros():
    return {scope for scope, selector in gin_config._CONFIG if selector == "gin.macro"}


def _check_macros(names):
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
            remedy=_nearest(name, used, "Macros in use are"),
        )
