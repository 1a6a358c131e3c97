"""Which data sets have a name, and which part of meta-learning each is kept to.

From outside: `dataset_names`, `partitions`, `tfds_catalogue`, `writing_systems`.
"""
