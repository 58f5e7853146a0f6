"""What Streamwarden stores, in one DynamoDB table: everything of a resource in one partition.

pk = its ARN; sk = `record`, and of channels `session#<stream id>`, `recording#<id>` or `rotation`;
a stream key has only `owner`, its channel. The entries of its ledger are in a partition beside it:
pk = `ledger/` and its ARN, sk = the number of the entry. The `fleet` index lists the records of an
account and region (`scope`), and rotations begun.
State is kept as JSON text, so that its shape is stated once, in the domain. Nothing is imported
here, so that each function loads only the parts that it needs.
"""
