"""The metric court: known distortions, scored by every metric, say what each sees and what it is blind to."""
