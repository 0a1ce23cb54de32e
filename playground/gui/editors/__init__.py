"""Editors: one widget per sort of field, from which forms are put together."""
