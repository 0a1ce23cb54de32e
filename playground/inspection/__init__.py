"""One training step, taken apart: every operation with its real numbers. No Qt."""
