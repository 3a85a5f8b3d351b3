"""The words of Elchi in the languages of its officers: libraries give codes and parameters, this gives sentences.

A language is one folder, `<language>/LC_MESSAGES/elchi.po` and what Babel compiles of it (docs/words.md).
"""

from elchi.locale.words import LANGUAGES, Words, best_language

__all__ = ["LANGUAGES", "Words", "best_language"]
