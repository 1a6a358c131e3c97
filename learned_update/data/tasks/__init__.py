"""Few-shot tasks: how they are drawn, and how their inputs are changed.

From outside: `augmentation`, `contact_sheet`, `distribution`, `input_maps`, `mixtures`.
"""
