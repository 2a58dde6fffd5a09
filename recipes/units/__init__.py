"""Train the units codec: centres of its units, the grid of its speaker vector, its decoder."""
