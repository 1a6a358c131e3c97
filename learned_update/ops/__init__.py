"""Pure mathematics on Keras tensors: one function per equation."""
