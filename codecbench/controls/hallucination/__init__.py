"""Calibration and controls of the verdict on words: planted words against mere blurs."""
