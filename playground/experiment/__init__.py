"""The experiment: everything that defines a run, as one immutable value."""
