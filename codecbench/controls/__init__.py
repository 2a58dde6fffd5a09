"""Control experiments: what metrics and verdicts make of signals whose truth is known."""
