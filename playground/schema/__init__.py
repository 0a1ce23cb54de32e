"""How an option declares its fields, and the one reader of those declarations."""
