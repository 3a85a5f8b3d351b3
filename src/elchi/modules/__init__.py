"""Domain plug-ins: one folder and one line in INSTALLED_APPS each. What a module shows the node is `node.plug`.

No door names a module, and no module names another: what two of them share goes through the node.
"""
