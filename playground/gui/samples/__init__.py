"""The samples as a table: in the output panel, and in a window of its own."""
