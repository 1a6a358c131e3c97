"""What the trainer's speed is held against: yardsticks, peak, sizes, a TPU.

Each measurement runs in a process of its own (`processes.ask`).
"""
