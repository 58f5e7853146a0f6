"""The composition root: one module a function, so that a cold start loads only its own.

Each offers one function of the same name, built once an execution environment.
"""
