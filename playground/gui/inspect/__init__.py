"""The Inspect workspace: a training step operation by operation, and circuits gate by gate.

Nothing here is imported before somebody opens the workspace.
"""
