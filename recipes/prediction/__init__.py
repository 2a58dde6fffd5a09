"""Train the predictor of a codec's codes, and measure the bits that it saves."""
