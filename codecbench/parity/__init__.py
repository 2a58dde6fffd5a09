"""Whether a codec gives the same whichever way it is used: whole, in pieces, as a stream, in a batch, elsewhere."""
