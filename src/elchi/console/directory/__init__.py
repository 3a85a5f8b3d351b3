"""Pages of the directory: agencies and who answers for them, offices, crossings."""
