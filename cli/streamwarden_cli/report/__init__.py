"""`streamwarden report`: how a stack is, as one page for people, and as tables for programs.

`reading` reads, `model` says what the report has, with a file for each part of it, and `page` and
`csv_files` write that down.
"""
