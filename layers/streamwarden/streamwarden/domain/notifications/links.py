"""Where people look when they are told of a resource."""

from streamwarden.domain.arn import ResourceType, place_of, resource_type_of


def console_link(arn: str) -> str:
    """Where the console shows a channel; empty for other resources."""
    if resource_type_of(arn) is not ResourceType.CHANNEL:
        return ""
    region, name = place_of(arn).region, arn.rpartition("/")[2]
    return f"https://{region}.console.aws.amazon.com/ivs/channels/{name}"
