"""Data sets, and the few-shot tasks that are drawn from them."""
