"""The network as a Python script to read: with NumPy alone, and with PyTorch to train on."""
