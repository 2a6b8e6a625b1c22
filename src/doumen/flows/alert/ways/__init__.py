"""The ways by which an alert tells: one file each, behind one interface."""

from __future__ import annotations

from doumen.flows.alert.ways import mail, webhook
from doumen.flows.alert.ways.interface import Way
from doumen.model.alert import Alert, Webhook

__all__ = ["Way", "of"]


def of(alert: Alert) -> Way:
    """The way of an alert."""
    if isinstance(alert.way, Webhook):
        return webhook.Sender(alert.way)
    return mail.Sender(alert.way)
