"""The offline copy of stolen and lost documents: one immutable file that is mapped, and a file of changes each day.

`document_key` says what is asked, `copy_file` how it lies on disk, `build` makes it, `offline_copy` answers. They know
no tables, no clock and no network (docs/adr/0029).
"""
