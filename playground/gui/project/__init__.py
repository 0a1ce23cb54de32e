"""The experiment as a file: open, save, undo across openings, autosave and recovery."""
