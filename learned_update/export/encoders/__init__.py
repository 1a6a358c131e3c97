"""A trained base model alone: Keras, ONNX and SavedModel.

From outside: `encoder`.
"""
