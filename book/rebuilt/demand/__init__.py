"""From minutes of video a day to accelerators, watts, switches, modules and dollars a year.

`assumptions` reads data/assumptions.csv; `kernels` compiles every link of the chain, and `exact`
says the same in plain Python on the exact counts; `names` lists what goes in and comes out, `chain`
runs it, `sampling` draws all assumptions together, `effects` moves them one at a time, and
`published` repeats the estimates of others with their own assumptions.
"""
