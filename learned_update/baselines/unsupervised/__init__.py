"""Baselines that learn from unlabelled rows, as the rule does.

From outside: `autoencoders.denoising_autoencoder`, `autoencoders.vae`, `contrastive`,
`hebbian`, `k_means`, `pca`, `random_initialisation`, `raw_pixels`.
"""
