"""The Train workspace: data, network, output, curves."""
