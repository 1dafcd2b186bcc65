"""From Patches to Photons: data, cost model, checks and pages of the book, in one package.

Each room is named by its subject: `evidence` loads data, `claims` judges the note, `cost`, `fabric`
and `demand` count, `page` and `widgets` show, `validate` checks, `build` and `site` make the pages.
"""

from rebuilt import kernel_cache
from rebuilt.evidence import inputs

kernel_cache.use()
inputs.watch_imports()
