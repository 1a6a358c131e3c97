"""Baselines that learn to reconstruct their inputs.

From outside: `denoising_autoencoder`, `vae`.
"""
