"""The command line: parsing and printing only.

`main`, `commands`, `start` and `workers` import nothing that takes seconds, so that help and wrong usage answer at
once. What a command does is in the module of its name, which `start` imports when it is needed.
"""
