"""The finders behind :mod:`qingyang.flags`: each reads the paragraphs of one record and returns suspicions, never text.

:mod:`~qingyang.flagging.printed` knows what print itself forbids (brackets, days, lists), :mod:`~qingyang.flagging.names`
compares the names of one article with each other.
"""
