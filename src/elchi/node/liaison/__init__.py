"""The desk: what agencies of this office and offices across the border ask each other in words."""
