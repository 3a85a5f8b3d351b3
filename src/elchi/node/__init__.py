"""The node: tables and verbs.

A verb has four beats: may I, decide, write, record. All that it writes is one transaction.
"""
