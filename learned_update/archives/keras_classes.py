"""Which classes a `.keras` file may name.

Keras makes whatever class the file's configuration names. With `safe_mode` it refuses
pickled functions, but it still imports modules of Keras' family by their names and
calls what functions it finds there. Rules and learners need none of that, so anything
else is refused before Keras reads the file.
"""

import json
import zipfile

import keras

from learned_update.archives.directory import check_archive

CONFIG_MEMBER = "config.json"
_PLAIN_MODULES = ("keras.initializers", "keras.regularizers", "keras.constraints")
_PLAIN_CLASSES = {
    "keras": ("DTypePolicy", "FloatDTypePolicy"),
    "keras.layers": ("Activation", "Dense", "EinsumDense", "LayerNormalization"),
}


def foreign_classes(path):
    """Classes of a `.keras` file that are no part of a rule or learner.

    Parts are classes that this process has registered (the package's, and
    those of modules that the caller imported), and a few of Keras' own that hold
    numbers only.

    Args:
        path: of the file.

    Returns:
        A list of names, such as `keras.layers.Lambda`, from the outside in.

    Raises:
        KeyError: the file has no configuration.
        ValueError: the configuration is not JSON.
        zipfile.BadZipFile: the file is no `.keras` file, or is damaged.
        Exception: of other kinds, as damaged archives cause.
    """
    with zipfile.ZipFile(path) as archive:
        check_archive(archive)
        if damaged := archive.testzip():  # Keras does not compare all checksums
            raise zipfile.BadZipFile(f"Bad CRC-32 for file {damaged!r}")
        config = json.loads(archive.read(CONFIG_MEMBER))
    foreign = (_name(item) for item in _named(config) if not _is_part(item))
    return list(dict.fromkeys(foreign))


def _named(config):
    """All objects of a configuration that name a class."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        config = list(config.values())
    if isinstance(config, list):
        for item in config:
            yield from _named(item)


def _is_part(item):
    class_name, module = item["class_name"], item.get("module")
    registered = item.get("registered_name", class_name)
    if registered and keras.saving.get_registered_object(str(registered)):
        return True
    if class_name == "function":
        return False
    return module in _PLAIN_MODULES or class_name in _PLAIN_CLASSES.get(module, ())


def _name(item):
    module, class_name = item.get("module"), item["class_name"]
    shown = item.get("config") if class_name == "function" else class_name
    return f"{module}.{shown}" if module else str(shown)
