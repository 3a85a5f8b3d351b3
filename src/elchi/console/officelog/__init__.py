"""The log of the office, and the hand-over of a shift."""
