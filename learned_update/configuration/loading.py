"""Loads gin files and bindings; what is misspelt is an error."""

import gin
from gin import config as gin_config

from learned_update.configuration.finding import file_search, find
from learned_update.configuration.kept import CONFIG_FILE
from learned_update.configuration.spelling import (
    check_keywords,
    check_macros,
    macros,
    reworded,
)
from learned_update.errors import invalid


def load(files=(), parameters=()):
    """Parses gin files, then single bindings, and adds them to what is configured.

    Whatever the bindings configure must have been imported before
    (`learned_update.configure` sees to that). Files may include others, which are
    found beside the file that includes them, or like those named here.

    Args:
        files: names of gin files, later ones win.
        parameters: bindings such as `"meta_train.outer_steps = 100"`; they win.

    Raises:
        ValueError: for an unknown file, name or parameter, for a value that cannot be
            read and for a macro that nothing uses.
    """
    paths, to_check = [find(name) for name in files], set()
    with gin.unlock_config(), file_search():
        for path in paths:
            before = macros()
            with reworded():
                gin.parse_config_file(str(path))
            if path.name != CONFIG_FILE:  # which keeps macros that were overridden
                to_check |= macros() - before
        check_macros(to_check)
        for parameter in parameters:
            before = macros()
            with reworded():
                gin.parse_config(_one_binding(parameter))
            check_macros(macros() - before)
        check_keywords()
        with reworded():
            gin.finalize()


def replace(files=(), parameters=()):
    """Forgets what is configured, then does what `load` does.

    After an error everything is configured as it was before.

    Args:
        files: as for `load`.
        parameters: as for `load`.

    Raises:
        ValueError: as `load` does.
    """
    bindings = {key: dict(values) for key, values in gin_config._CONFIG.items()}
    imports = set(gin_config._IMPORTS)
    gin.clear_config()
    try:
        load(files, parameters)
    except BaseException:
        gin.clear_config()
        gin_config._CONFIG.update(bindings)
        gin_config._IMPORTS.update(imports)
        raise


def _one_binding(parameter):
    if "=" not in parameter:
        raise invalid(
            "This is no gin binding.",
            expected="name.parameter = value",
            received=parameter,
            remedy="Strings need quotes of their own: 'BaseMLP.activation = \"tanh\"'.",
        )
    return parameter
