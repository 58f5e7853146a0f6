"""A local AWS that runs, and the outputs of the stack in it."""

from dataclasses import fields

from streamwarden_cli.local import deployment, server

RUNNING = server.LocalAws(pid=4711, port=4566, control_port=4567)
OUTPUTS = deployment.StackOutputs(
    **{field.name: f"<{field.name}>" for field in fields(deployment.StackOutputs)}
)
