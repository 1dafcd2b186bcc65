"""`rebuilt check`: whether data/, seeds/ and the chapters' prose keep their promises.

`whole.check(root)` runs every rule on a folder that holds data/, seeds/ and book/ and returns the
findings; `command` prints them. The rules never touch the network and never repair anything.
"""
