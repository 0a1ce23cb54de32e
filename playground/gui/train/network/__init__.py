"""The network on the canvas: layer cards on top, units and links below."""
