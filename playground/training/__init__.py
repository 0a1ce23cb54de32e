"""Training: a deterministic trainer, and the thread that runs it."""
