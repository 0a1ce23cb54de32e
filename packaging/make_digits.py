"""Make resources/datasets/digits.npz from the copy of the UCI digits that scikit-learn carries.

    python packaging/make_digits.py

Needs scikit-learn, which is not a dependency of the application. The result is kept in the
repository and is the same, byte for byte, on every machine with the same NumPy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "resources" / "datasets" / "digits.npz"


def main() -> None:
    """Check what was read, then write it without change but for the integer type."""
    source = load_digits()
    images = source.data.astype(np.uint8)
    labels = source.target.astype(np.uint8)
    if images.shape != (1797, 64) or not np.array_equal(images, source.data) or images.max() != 16:
        raise SystemExit("these are not the 1797 digits of 8 × 8 whole numbers from 0 to 16")
    np.savez_compressed(TARGET, images=images, labels=labels)
    print(f"{TARGET.name}: {len(images)} digits, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
