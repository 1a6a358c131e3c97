"""Ten updates and embeddings by exports, with TensorFlow and NumPy alone.

`python plain_tensorflow.py CASES.npz RESULTS.npz SAVED_MODEL...`: a case is
`<name of the folder>/<batch>/x`, `(10, batch, inputs)`, and its named phi, as
`<name of the folder>/<batch>/phi/kernel_0`, ...
"""

import pathlib
import sys

BLOCKED = ("keras", "learned_update")


def main(cases_file, results_file, *folders):
    """Writes `phi/...`, `embed` and `embed_frozen` of every case."""
    sys.modules.update(dict.fromkeys(BLOCKED))  # importing them is an error
    import numpy as np
    import tensorflow as tf

    cases = np.load(cases_file)
    results = {}
    for folder in folders:
        loaded = tf.saved_model.load(folder)
        name = pathlib.Path(folder).name
        for size in sorted(
            {x.split("/")[1] for x in cases if x.startswith(f"{name}/")}
        ):
            prefix = f"{name}/{size}/"
            phi = {
                key.removeprefix(f"{prefix}phi/"): tf.constant(cases[key])
                for key in cases
                if key.startswith(f"{prefix}phi/")
            }
            batches = tf.constant(cases[f"{prefix}x"])
            for x in batches:
                phi = loaded.signatures["update"](x=x, **phi)
            x = batches[0]
            statistics = loaded.signatures["statistics"](x=x, **phi)
            frozen = loaded.signatures["embed_frozen"](x=x[:1], **phi, **statistics)
            results |= {f"{prefix}phi/{key}": x.numpy() for key, x in phi.items()}
            results[f"{prefix}embed"] = loaded.embed(phi, x).numpy()
            results[f"{prefix}embed_frozen"] = frozen["features"].numpy()
    np.savez(results_file, **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
