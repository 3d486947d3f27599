"""Reads what the index knows of the language files from `index.json`, which `docs/generate.py` writes.

After a language file has been changed it is made anew, in memory, whenever the program starts, which takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from postiquette.policies.language.patterns import digest


def known() -> Mapping[str, Any]:
    """What the index of all languages knows. All values are simple, for the sake of the time that reading them takes:

    - `patterns`: by language, for each of its clues the number of the pattern that it is one of; clues are numbered through all languages
    - `alone`: by language, the clues that have no second set of stems
    - `stems`: by their first three letters (fewer where they have no more), lines of a stem, its language, whether it tells of that
      language, the clues whose first set it is in, and those whose second set; with tabs between them
    - `unspaced`: the same for each script that is not looked up word by word, with all letters that they begin with
    - `common`: by word, the languages in which it is frequent
    - `common_unspaced`: by language, the frequent words in such scripts
    """
    file = files(__package__).joinpath("index.json")
    stored: Mapping[str, Any] = json.loads(file.read_bytes()) if file.is_file() else {}
    if stored.get("of") == digest():
        return stored
    # rarely needed
    from postiquette.policies.language.index_making import made

    return made()
