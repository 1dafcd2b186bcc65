"""What comes from outside is read here, and nowhere else: numbers, documents, tables, files.

Whatever is not finite, not in range, not whole where it must be, of unknown name, too large, too
deep or said twice is refused in one sentence with its place and what was expected.
"""
