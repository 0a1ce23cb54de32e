"""The parts of the Network tab: tape, equation, matrices, map of the network."""
