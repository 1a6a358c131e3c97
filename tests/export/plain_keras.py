"""What a `.keras` file computes, with Keras and NumPy alone.

`python plain_keras.py X.npy RESULTS.npz FILE.keras...`: results by file name.
"""

import pathlib
import sys


def main(x_file, results_file, *files):
    """Writes the result of every file."""
    sys.modules["learned_update"] = None  # importing it is an error
    import keras
    import numpy as np

    x = np.load(x_file)
    results = {
        pathlib.Path(file).name: keras.ops.convert_to_numpy(
            keras.saving.load_model(file)(x)
        )
        for file in files
    }
    np.savez(results_file, **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
