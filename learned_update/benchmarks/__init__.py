"""What the trainer's speed is held against: the same mathematics without Keras."""
