"""Marks of documents, vehicles and things, one file each: read, check, write. Raises InvalidInput, nothing else."""
