"""Documents that hold themselves: what a command can write of them stands between markers, and is written by cog."""
