"""What a meta-training run is watched by: accuracy on data that it never sees.

From outside: `log`, `monitor`, `trials`.
"""
