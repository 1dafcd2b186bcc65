"""From Patches to Photons: data, cost model, checks and pages of the book, in one package.

Each room is named by its subject: `evidence` loads data, `claims` judges the note, `cost`, `fabric`
and `demand` count, `page` and `widgets` show, `validate` checks, `build` and `site` make the pages.
"""

import sys

from rebuilt import kernel_cache
from rebuilt.evidence import inputs

# Where JupyterLab is installed, jsonschema, and with it Altair, makes parsers of the grammars of
# URIs for more than a second, in the kernel of each chapter. No schema here asks for one.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
kernel_cache.use()
inputs.watch_imports()
