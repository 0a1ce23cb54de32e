"""Weights as named arrays: out to safetensors and npz, and back in."""
