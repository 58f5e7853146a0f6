"""The composition root: one module a function, so that a cold start loads only its own.

Each offers one function of the same name, built once an execution environment. Until then no
garbage is collected: what a cold start loads stays, and to look through it again and again would
take an eighth of its time.
"""

import gc

gc.disable()
