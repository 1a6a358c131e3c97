"""Learners that read the support as a network reads its inputs.

From outside: `conditional`, `hyper_network`, `lstm_reader`, `mann`, `meta_networks`,
`snail`.
"""
