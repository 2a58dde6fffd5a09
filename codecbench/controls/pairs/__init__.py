"""Calibration and controls of the pair probe: the rival reading against mere blurs."""
