"""The append-only list of what was decided and done about a resource, as a chain of hashes.

`entry` is what stands in it, `end` what the record knows of it, `noting` how decisions and inputs
become entries, `grounds` what a breach in them rests on, `chain` how entries hang together, and
`verification` how it is found that some were altered or are missing.
"""
