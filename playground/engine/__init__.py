"""The NumPy engine: networks, backpropagation, optimizers. It knows nothing of screens."""
