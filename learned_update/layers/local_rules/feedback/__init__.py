"""Rules whose layers hear from above: errors, backward states, messages, gradients.

From outside: `blur`, `denoising`, `feedback_plasticity`, `vsml`.
"""
