"""Variables of a TensorFlow 1 checkpoint."""

import pathlib

from learned_update.errors import invalid


def read_tensorflow_checkpoint(path):
    """All variables of a checkpoint as `{name: array}`.

    Args:
        path: prefix of the checkpoint, such as `tf_graph_data.ckpt`.

    Returns:
        A dict of NumPy arrays.

    Raises:
        FileNotFoundError: there is no such checkpoint.
        ValueError: it cannot be read.
    """
    import tensorflow as tf

    path = pathlib.Path(path)
    if not path.with_name(path.name + ".index").is_file():
        raise FileNotFoundError(
            f"There is no TensorFlow checkpoint {path}. Expected: files "
            f"{path.name}.index and {path.name}.data-*. Received: a folder without "
            "them. Pass the prefix, without .index."
        )
    try:
        reader = tf.train.load_checkpoint(str(path))
        names = reader.get_variable_to_shape_map()
        return {name: reader.get_tensor(name) for name in names}
    except Exception as error:  # TensorFlow raises many kinds for damaged files
        raise invalid(
            f"The checkpoint {path} cannot be read.",
            expected="a TensorFlow checkpoint of the authors' released code",
            received=str(error),
            remedy="Download it again.",
        ) from error
