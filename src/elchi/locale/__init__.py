"""The words of Elchi in the languages of its officers. Libraries give codes; this gives sentences."""
