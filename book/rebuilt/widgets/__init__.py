"""What a reader can move: forms of the interactive pages and their WebAssembly modules."""
