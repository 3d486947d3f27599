"""The schedule as iCalendar (RFC 5545), for whatever shows a person's days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from postiquette import __version__
from postiquette.preview.safe import safe
from postiquette.queue.delivery import Delivery
from postiquette.queue.states import State

#: how long an entry is shown to last; a post takes no time
_LENGTH = timedelta(minutes=15)
_STATUS = {State.PUBLISHED: "CONFIRMED", State.SCHEDULED: "CONFIRMED", State.WITHDRAWN: "CANCELLED"}


def write_calendar(deliveries: Iterable[Delivery], now: datetime) -> bytes:
    """One event a delivery; its key makes it the same event the next time."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Postiquette//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Postiquette")
    for delivery in deliveries:
        content = delivery.sent or delivery.post.content
        event = Event()
        event.add("uid", f"{delivery.key}.postiquette")
        event.add("dtstamp", now)
        event.add("dtstart", delivery.intent_at or delivery.due_at)
        event.add("dtend", (delivery.intent_at or delivery.due_at) + _LENGTH)
        event.add("summary", f"{delivery.account}: {safe(content.texts[0].split(chr(10))[0])[:70]}")
        event.add("description", safe("\n\n".join(item.text for item in content.items), lines=True))
        event.add("status", _STATUS.get(delivery.state, "TENTATIVE"))
        event.add("transp", "TRANSPARENT")
        if delivery.url:
            event.add("url", delivery.url)
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found
