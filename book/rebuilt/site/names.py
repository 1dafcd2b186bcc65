"""Names that a build and the pages agree on; nothing is imported for them."""

ONLY_VARIABLE = "REBUILT_CHAPTER"  # the one chapter to read again
PRINT_VARIABLE = "REBUILT_PRINTED"  # set where the printed book will be made

COMMIT = "the-commit-of-this-build"  # stands in pages until they are published

NOTEBOOKS = "_static/notebooks"
TAKE_AWAY = "_static/take-away"
SITE_ARCHIVE = f"{TAKE_AWAY}/from-patches-to-photons-site.zip"
DATA_ARCHIVE = f"{TAKE_AWAY}/from-patches-to-photons-data.zip"
PRINTED = f"{TAKE_AWAY}/from-patches-to-photons.pdf"
