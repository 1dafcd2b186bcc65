"""From Patches to Photons: data, cost model, checks and pages of the book, in one package.

Chapters import from here and nowhere else; `rebuilt.tables` loads data, `rebuilt.claims` judges the
note, `rebuilt.charts` and `rebuilt.page` show things, `rebuilt.cost` counts.
"""

from rebuilt import kernel_cache

kernel_cache.use()
