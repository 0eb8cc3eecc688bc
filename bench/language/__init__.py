"""Makes the word table that :mod:`qingyang.flagging` reads."""
