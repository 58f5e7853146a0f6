"""What Streamwarden remembers, in one DynamoDB table: everything of a channel in one partition.

pk = channel ARN; sk = `channel`, `session#<stream id>`, `recording#<id>` or `rotation`. The
`fleet` index lists all channels of an account and region (`scope`), and rotations begun.
Knowledge is kept as JSON text, so that its shape is stated once, in the domain.
"""

from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog

__all__ = ["DynamoFleetIndex", "DynamoRecordStore", "DynamoRotationLog"]
