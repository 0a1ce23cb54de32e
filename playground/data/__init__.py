"""Datasets: what there is to learn from."""
