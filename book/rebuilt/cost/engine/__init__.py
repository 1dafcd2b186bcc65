"""The compiled engine: the text of the cost model on many jobs at once."""
