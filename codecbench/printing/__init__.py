"""How figures and counts are printed, the same in tables, gate, plots and report."""
