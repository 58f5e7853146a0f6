"""The generated part of docs/notifications.md: a message as the code makes it."""

import json
from pathlib import Path
from typing import Final

from streamwarden.adapters.notification_text import format_body, format_headline
from streamwarden.domain.notifications.document import message_document
from streamwarden_cli.notifications.samples import OPENED
from streamwarden_cli.shipped import CHECKOUT

PATH: Final[Path] = CHECKOUT / "docs" / "notifications.md"


def rendered() -> str:
    """What people read, and what programs read of the same message."""
    text = f"{format_headline(OPENED)}\n\n{format_body(OPENED)}"
    document = json.dumps(message_document(OPENED), indent=2, ensure_ascii=False)
    return "\n\n".join(
        (
            "What people read:",
            f"```text\n{text}\n```",
            "What programs read:",
            f"```json\n{document}\n```",
        )
    )
