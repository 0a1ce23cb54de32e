"""Comparing architectures by cross-validation: which hidden layers are enough?"""
