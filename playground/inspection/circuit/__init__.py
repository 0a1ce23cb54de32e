"""Scalar expressions as graphs of gates, walked forwards and backwards."""
