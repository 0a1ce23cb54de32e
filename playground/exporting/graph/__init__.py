"""The network as an ONNX graph, from raw inputs to outputs and probabilities."""
