"""Installs `learned_update`, its configurations and the `learned-update` command.

`setup.cfg` says where the version stands.
"""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent

# `gin/` at the top of a checkout is installed as `learned_update/gin`. It is a folder
# of data: with an `__init__.py` it would hide gin-config.
CONFIGURATIONS = "learned_update.gin"

DEMO = [
    "gradio>=6.31,<7",
    "onnx>=1.17",
]
DOCS = [
    "ipykernel>=6.29",
    "mkdocs>=1.6,<2",
    "mkdocs-jupyter>=0.26",
    "mkdocs-material>=9.6,<10",
    "mkdocstrings[python]>=0.29",
    "nbconvert>=7.16",
]

setup(
    name="learned-update",
    description="Meta-learned unsupervised update rules, on Keras 3",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.14",
    packages=[*find_packages(include=["learned_update*"]), CONFIGURATIONS],
    package_dir={CONFIGURATIONS: "gin"},
    package_data={
        "learned_update": ["py.typed", "**/*.pyi"],
        CONFIGURATIONS: ["**/*.gin"],
        "learned_update.demo": ["style.css"],
        "learned_update.evaluation.episodes": ["episode_sets/*.json"],
        "learned_update.few_shot.episodes": ["class_lists/*.txt"],
        "learned_update.zoo": ["rules/*.json", "rules/*.keras"],
    },
    install_requires=[
        "absl-py>=2.1",
        'etils<1.14; python_version < "3.11"',  # or old pip searches for an hour
        "fonttools>=4.53",
        "fsspec[http]>=2024.6",
        "gin-config>=0.5",
        "importlib_resources>=6.4",  # tensorflow-datasets needs it undeclared
        "keras>=3.12",
        "matplotlib>=3.9",
        "numpy>=2.0",
        "pillow>=10.4",
        "scikit-learn>=1.6",
        "scipy>=1.13",
        "shtab>=1.7",  # completion of the command's words in shells
        "tensorboard>=2.20",  # tf.summary writes its events with it
        "tensorflow>=2.21",
        "tensorflow-datasets>=4.9.9",
        "tensorflow-metadata>=1.17.3",  # older ones need a protobuf that is too old
        "threadpoolctl>=3.5",
        "tqdm>=4.66",
    ],
    extras_require={
        "demo": DEMO,
        "docs": DOCS,
        "gcs": ["gcsfs>=2024.6"],
        "gpu": ["tensorflow[and-cuda]>=2.21"],
        "jax": ["jax>=0.6.2"],
        "onnx": ["onnx>=1.17"],
        "parquet": ["pyarrow>=18"],
        "tune": ["optuna>=4.0"],
        "tpu": ["jax[tpu]>=0.6.2"],
        "test": [
            *DEMO,
            *DOCS,
            "jax>=0.6.2",
            "mypy>=1.18",
            "onnxruntime>=1.20",
            "optuna>=4.0",
            "playwright>=1.50",
            "pyarrow>=18",
            "pytest>=8.3",
            "pytest-xdist>=3.7",
            "pyyaml>=6",
            "ruff>=0.14,<0.18",
            "setuptools>=77",
        ],
    },
    entry_points={
        "console_scripts": ["learned-update = learned_update.cli.main:main"],
    },
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
