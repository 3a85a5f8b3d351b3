"""The regional centre's node, and what members have of it (docs/modules/regional.md)."""
