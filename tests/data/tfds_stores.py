"""Small data sets in the files of TensorFlow Datasets, written as it writes them."""

import json


def write_store(data_dir, name, version, features, splits, config=None):
    """Writes a data set that `tfds.load` reads without a network.

    Args:
        data_dir: folder of TensorFlow Datasets.
        name: of the data set.
        version: such as "1.0.0".
        features: `{name: feature of TensorFlow Datasets}`.
        splits: `{split: [example]}`.
        config: name of the configuration; None for none.

    Returns:
        Folder of the data set.
    """
    import tensorflow as tf
    import tensorflow_datasets as tfds

    features = tfds.features.FeaturesDict(features)
    folder = data_dir.joinpath(*filter(None, [name, config, version]))
    folder.mkdir(parents=True)
    features.save_config(folder)
    for split, examples in splits.items():
        path = folder / f"{name}-{split}.tfrecord-00000-of-00001"
        with tf.io.TFRecordWriter(str(path)) as writer:
            for example in examples:
                encoded = features.encode_example(example)
                writer.write(features.serialize_example(encoded))
    info = {
        "name": name,
        "version": version,
        "fileFormat": "tfrecord",
        "splits": [
            {
                "name": split,
                "filepathTemplate": "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
                "shardLengths": [str(len(examples))],
            }
            for split, examples in splits.items()
        ],
    }
    if config:
        info["configName"] = config
    (folder / "dataset_info.json").write_text(json.dumps(info))
    return folder


def image_features(names, shape, **more):
    """Features of labelled images, by name."""
    import tensorflow_datasets as tfds

    return {
        "image": tfds.features.Image(shape=shape),
        "label": tfds.features.ClassLabel(names=names),
        **more,
    }
