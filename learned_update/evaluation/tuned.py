"""The settings that methods are made with; `tools/tune_baselines` searches for them."""

# Keyword arguments of each method, by name; all are settings of `GRIDS`. The update
# rule's are `BenchmarkProtocol.steps` and `batch_size`.
TUNED = {
    "k-means": {"restarts": 4},
    "variational autoencoder": {
        "likelihood": "gaussian",
        "steps": 2000,
        "batch_size": 128,
        "learning_rate": 3e-3,
    },
    "denoising autoencoder": {
        "noise": 0.0,
        "masking": 0.1,
        "steps": 2000,
        "learning_rate": 1e-2,
    },
    "contrastive": {
        "noise": 0.2,
        "masking": 0.1,
        "shift": 1,
        "temperature": 0.1,
        "steps": 2000,
        "learning_rate": 1e-2,
    },
    "Hebbian": {
        "steps": 1000,
        "learning_rate": 0.5,
        "shrinkage": 1.0,
        "offset": 1.0,
    },
    "supervised": {"steps": 100, "batch_size": 128, "learning_rate": 3e-2},
    "prototypical network": {"steps": 2000, "learning_rate": 3e-3},
    "prototypical network, permuted pixels": {"steps": 2000, "learning_rate": 3e-3},
}
