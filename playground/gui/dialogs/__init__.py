"""Dialogs: about, shortcuts, errors."""
