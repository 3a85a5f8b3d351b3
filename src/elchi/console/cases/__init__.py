"""Cases: the list, and a case with its tabs."""
