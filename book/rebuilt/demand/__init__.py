"""From minutes of video a day to accelerators, watts, switches, modules and dollars a year.

`assumptions` reads data/assumptions.csv; `links` says every link of the chain as a plain function,
and `chain_kernels` compiles them for many draws; `names` lists what goes in and comes out, `chain`
runs it, `sampling` draws all assumptions together, `effects` moves them one at a time, and
`published` repeats the estimates of others with their own assumptions.
"""
