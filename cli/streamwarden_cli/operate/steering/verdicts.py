"""What came of a verdict: what the record of its channel holds of it, and what its ledger says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.domain.ledger.entry import Entry
from streamwarden.services.records import Record
from streamwarden_cli.operate.ledger import read
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.order import looked_for
from streamwarden_cli.operate.steering.outcomes import PATIENCE_SECONDS, SENT, Outcome, Result
from streamwarden_cli.operate.steering.targets import if_readable
from streamwarden_cli.verdicts.event import Statement

# Between the clock of this machine and those of the functions.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# A verdict that no rule asks for leaves nothing behind.
_NOT_SEEN: Final = Result(
    Outcome.NOT_SEEN,
    f"no rule was seen to take it within {PATIENCE_SECONDS:.0f} s: none asks for such a verdict, "
    "or it waits; `streamwarden status` shows the inboxes and their dead letters",
)


@dataclass(frozen=True, slots=True)
class SentVerdict:
    """A verdict on its way, by the id of its event, and the moment that it states."""

    stack: DeployedStack
    channel_arn: str
    event_id: str
    statement: Statement
    at: datetime

    def became(self) -> Result:
        """Waits for it, if the caller may look."""
        if if_readable(lambda: loader(self.stack)(self.channel_arn)) is None:
            return SENT
        return looked_for(self._look) or _NOT_SEEN

    def _look(self) -> Result | None:
        """Both are saved at once: what the record has, the ledger says by then.

        Raises PermanentError, TemporaryError.
        """
        is_kept = self._is_kept(loader(self.stack)(self.channel_arn))
        decided = [*self._decided()]
        if decided:
            return Result(Outcome.DECIDED, "; ".join(decided))
        text = f"a rule asks for it, and nothing new follows; `streamwarden why {self.channel_arn}`"
        return Result(Outcome.NOTHING_TO_DO, text) if is_kept else None

    def _is_kept(self, record: Record) -> bool:
        state, said = record.state, self.statement
        of_sessions = (found for each in state.sessions.values() for found in each.verdicts)
        return any(
            (each.at, each.label, each.source) == (self.at, said.label, said.source)
            for each in (*state.verdicts, *of_sessions)
        )

    def _decided(self) -> Iterator[str]:
        """What stands in its ledger as decided with the event."""
        for entry in self._entries():
            if any(each.id == self.event_id for each in entry.causes):
                for each in entry.noted:
                    rule = f"{each.rule_id}: " if each.rule_id else ""
                    yield f"{rule}{' '.join(filter(None, (each.what, each.action)))}"

    def _entries(self) -> Iterator[Entry]:
        """Those of the last minutes, the newest first."""
        ledger = DynamoLedger(self.stack.client("dynamodb"), self.stack.table_name)
        for stored in ledger.newest(self.channel_arn):
            for _, entry in read([stored]):
                if entry is not None and entry.at < self.at - _CLOCKS_DIFFER:
                    return
                if entry is not None:
                    yield entry
