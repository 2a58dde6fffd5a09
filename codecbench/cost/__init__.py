"""What a codec costs: multiply-accumulates, latency, real-time factor, and the figures kept on cards."""
