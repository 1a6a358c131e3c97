"""One theta on an MLP, on convolutions and on attention: images and text.

From outside: `reproduction`.
"""
