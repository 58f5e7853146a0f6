"""What one look at orders makes of them, and what people are told of it."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from streamwarden.domain.state.orders import NO_ORDERS, Orders

if TYPE_CHECKING:
    from streamwarden.domain.notifications.news import News  # which few decisions need


class Step(Struct, frozen=True):
    """The orders after it, and the news."""

    orders: Orders = NO_ORDERS
    notified: tuple["News", ...] = ()

    def to(self, orders: Orders, *notified: "News") -> "Step":
        """The step that goes on to these orders, with more news."""
        return Step(orders, (*self.notified, *notified))


NO_STEP: Final = Step()
