"""Everything that a worker needs in memory before its first page: code, dictionaries, models.

The process that workers are forked from imports this module once, and what it loads is shared by all of them. Importing it
does the loading, which is what it is for: nobody else imports it.
"""

from __future__ import annotations

import gc
import signal
from contextlib import suppress

from qingyang import ngrams
from qingyang.settings import Settings
from tasks import corpus, proof, shard

__all__ = ["corpus", "proof"]

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the process that started us
with suppress(Exception):  # whatever is wrong is told by the batch that needs it
    shard.warm(Settings())
    ngrams.model()  # the small page has no columns to put together
gc.set_threshold(shard.YOUNG)
gc.collect()
gc.freeze()  # the collector writes to every object that it looks at, and memory that is written to is not shared any more
