"""What `rebuilt new` writes: a row, an entry or a file in its right place, with placeholders.

One module a kind, each with a function `draft` from the material, a name and the given fields to a
`Draft`, which is written as a whole or not at all. `rebuilt.validate.placeholders` refuses what is
left open.
"""
