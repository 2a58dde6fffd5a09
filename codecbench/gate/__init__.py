"""Has the codec got worse? Two measurements are compared, one of which may be a committed baseline.

Works from stored figures alone: no codec is run here, but for `speed`, which times two of them in turns.
Left to right: `baseline` (read from a run or a file), `thresholds`, `comparison`, `verdict`, `summary`.
"""
