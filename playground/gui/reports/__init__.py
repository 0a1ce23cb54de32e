"""A run on one page, to be handed in or kept: as PDF and as HTML."""
