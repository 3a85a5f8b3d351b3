"""Reads of the exchange with partners."""
