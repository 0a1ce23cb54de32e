"""Gradient Playground: build a multilayer perceptron, watch it learn, take the weights away."""

import os
import sys

__version__ = "0.1.0"

if "numpy" not in sys.modules:
    # One BLAS thread by default: two speed up an idle machine a little and collapse as soon as
    # anything else (a GUI, a test, another program) wants a core. It also makes results
    # bit-identical from run to run. The variable is read once, when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
