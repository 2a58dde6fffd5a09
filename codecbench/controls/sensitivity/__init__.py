"""What each metric reacts to, and what it is blind to: scores of known distortions of clean speech."""
