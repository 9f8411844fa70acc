"""预约的写入。"""

from tuoyu.domains.bookings.services.booking import Wish, book, cancel
from tuoyu.domains.bookings.services.opening import close_opening, open_hours, set_terms

__all__ = ["Wish", "book", "cancel", "close_opening", "open_hours", "set_terms"]
