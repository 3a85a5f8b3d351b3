"""A name in any script: parse, transliterate, compare, explain."""
