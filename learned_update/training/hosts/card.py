"""What must be the same in all processes of a run."""

import hashlib

import gin
import keras

from learned_update.version import __version__


def run_card():
    """`{name: text}` of the configuration, the backend and the version."""
    resolved = gin.config_str().encode()
    return {
        "backends": keras.backend.backend(),
        "configurations": f"SHA-256 {hashlib.sha256(resolved).hexdigest()[:16]}",
        "versions of learned_update": __version__,
    }
