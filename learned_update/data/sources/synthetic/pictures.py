"""The kinds of synthetic pictures: one function each, from a class to its pictures.

Each takes the generator of a class, a number of examples and a size, and gives
`(examples, size, size)` in [0, 1]. What makes the class is drawn first.
"""

import numpy as np

POINTS_OF_STROKE = 24  # of each bent line, densely enough for its width
DISCS = 40  # of a scene


def strokes(rng, examples, size):
    """One to four quadratic Bezier curves, drawn with a round pen."""
    curves = rng.uniform(0.12, 0.88, (rng.integers(1, 5), 3, 2))
    width = rng.uniform(0.035, 0.07)
    t = np.linspace(0, 1, POINTS_OF_STROKE)[:, None]
    weights = np.concatenate([(1 - t) ** 2, 2 * t * (1 - t), t**2], axis=1)
    grid = _grid(size)
    pictures = []
    for _ in range(examples):
        bent = curves + rng.normal(0, 0.03, curves.shape)
        points = _moved(rng, (weights @ bent).reshape(-1, 2), 0.12, 0.15, 0.06)
        distance = ((grid[:, None] - points) ** 2).sum(-1).min(1)
        pen = width * rng.uniform(0.8, 1.3)
        pictures.append(np.exp(-0.5 * distance / pen**2).reshape(size, size))
    return np.array(pictures)


def shapes(rng, examples, size):
    """A filled outline r(angle) = 1 + sum_k a_k cos(k angle + b_k), with soft edges."""
    orders = np.arange(2, 7)
    amplitudes = rng.normal(0, 0.35, len(orders)) / np.sqrt(orders)
    phases = rng.uniform(0, 2 * np.pi, len(orders))
    radius, aspect = rng.uniform(0.2, 0.34), rng.uniform(0.6, 1.0)
    hollow = rng.uniform() < 0.3
    grid = _grid(size)
    pictures = []
    for _ in range(examples):
        x, y = _moved(rng, grid, 0.25, 0.2, 0.08).T - 0.5
        y = y / aspect
        angles = np.arctan2(y, x)
        outline = 1 + (amplitudes * np.cos(orders * angles[:, None] + phases)).sum(1)
        inside = radius * outline - np.hypot(x, y)
        filled = _sigmoid(inside * 3 * size)
        if hollow:
            filled = filled - _sigmoid((inside - 0.12) * 3 * size)
        low, high = rng.uniform(0, 0.3), rng.uniform(0.6, 1)
        pictures.append((low + (high - low) * filled).reshape(size, size))
    return np.clip(pictures, 0, 1)


def textures(rng, examples, size):
    """Noise with two oriented bands in its spectrum."""
    frequency = np.fft.fftfreq(size)
    fy, fx = np.meshgrid(frequency, frequency, indexing="ij")
    radius, angle = np.hypot(fy, fx), np.arctan2(fy, fx)
    amplitude = np.zeros((size, size))
    for _ in range(2):
        centre, spread = rng.uniform(1.2 / size, 0.4), rng.uniform(0.02, 0.08)
        towards, sharpness = rng.uniform(0, np.pi), rng.uniform(0, 12)
        band = np.exp(-0.5 * ((radius - centre) / spread) ** 2)
        amplitude += band * np.exp(sharpness * (np.cos(2 * (angle - towards)) - 1))
    noise = rng.normal(size=(examples, size, size))
    pictures = np.fft.ifft2(np.fft.fft2(noise) * amplitude).real
    return _contrast(rng, pictures)


def scenes(rng, examples, size):
    """Discs of many sizes that hide each other, over noise of a spectrum 1/f^a."""
    power = rng.uniform(2.0, 4.0)  # of the density of radii
    aspect, towards = rng.uniform(0.4, 1.0), rng.uniform(0, np.pi)
    greys = rng.uniform(0, 1, 4)  # the leaves' shades
    slope, share = rng.uniform(0.6, 1.8), rng.uniform(0.1, 0.6)
    frequency = np.fft.fftfreq(size)
    radius = np.hypot(*np.meshgrid(frequency, frequency))
    amplitude = np.maximum(radius, 1 / size) ** -slope
    y, x = (_grid(size) - 0.5).T
    along = x * np.cos(towards) + y * np.sin(towards)
    across = (y * np.cos(towards) - x * np.sin(towards)) / aspect
    pictures = []
    for _ in range(examples):
        picture = np.full(size * size, rng.choice(greys))
        least, most = 0.06 ** (1 - power), 0.6 ** (1 - power)
        radii = (least + rng.uniform(size=DISCS) * (most - least)) ** (1 / (1 - power))
        for disc, (u, v) in zip(radii, rng.uniform(-0.7, 0.7, (DISCS, 2)), strict=True):
            inside = (along - u) ** 2 + (across - v) ** 2 < disc**2
            picture[inside] = rng.choice(greys) + rng.normal(0, 0.05)
        noise = np.fft.fft2(rng.normal(size=(size, size))) * amplitude
        noise = np.fft.ifft2(noise).real
        noise = (noise - noise.mean()) / noise.std()
        pictures.append(picture.reshape(size, size) + share * 0.3 * noise)
    return np.clip(pictures, 0, 1)


KINDS = (strokes, shapes, textures, scenes)


def _grid(size):
    """Centres of the pixels in the unit square, `(size * size, 2)`: (x, y)."""
    centres = (np.arange(size) + 0.5) / size
    y, x = np.meshgrid(centres, centres, indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _moved(rng, points, turn, stretch, shift):
    """Points turned, stretched and shifted at random around the middle."""
    angle, scale = rng.normal(0, turn), np.exp(rng.normal(0, stretch, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) * scale
    return (points - 0.5) @ matrix.T + 0.5 + rng.normal(0, shift, 2)


def _contrast(rng, pictures):
    """Pictures around a grey of their own, each at a contrast of its own."""
    centred = pictures - pictures.mean((1, 2), keepdims=True)
    scaled = centred / centred.std((1, 2), keepdims=True)
    spread = rng.uniform(0.12, 0.3, (len(pictures), 1, 1))
    return np.clip(
        rng.uniform(0.35, 0.65, (len(pictures), 1, 1)) + spread * scaled, 0, 1
    )


def _sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))
