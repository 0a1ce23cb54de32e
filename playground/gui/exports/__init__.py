"""Writing weights and tables to files: what there is, what it will be, and whether it is right."""
