"""Tells people of alerts: on stdout, by webhook, by mail.

A channel that fails never changes the outcome of a run: it is noted with the alert, and the next
run sends it again. An alert is sent once a channel for each state that it comes to.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.errors import SettingError
from engine.reports.alert_message import details, headline
from engine.reports.alert_rules import Rule
from engine.reports.alerts import Alert

_TIMEOUT = 10.0  # seconds, of one try
_TRIES = 3
FIRST_PAUSE = 1.0  # seconds before a second try, doubled before a third
_LOCAL = ("localhost", "127.0.0.1", "::1")
_PLAIN, _OVER_TLS = "smtp", "smtps"


class DeliveryError(Exception):
    """A message could not be delivered; the text says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Where alerts go, from the settings."""

    webhook_url: str = ""
    webhook_secret: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    mail_to: str = ""
    dashboard_url: str = ""

    def send(self, channel: str, alert: Alert, message: Mapping[str, Any]) -> None:
        """Deliver one alert; raises DeliveryError. `print` is the caller's own."""
        if channel == "webhook":
            self._post(json.dumps(message, ensure_ascii=False, sort_keys=True).encode())
        elif channel == "mail":
            self._mail(alert, message)

    def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        if self.webhook_secret:
            digest = hmac.new(self.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Signature"] = f"sha256={digest}"
        request = urllib.request.Request(self.webhook_url, body, headers, method="POST")

        def once() -> None:
            with urllib.request.urlopen(request, timeout=_TIMEOUT):
                pass

        self._tried("webhook", once)

    def _mail(self, alert: Alert, message: Mapping[str, Any]) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.mail_from or self.mail_to, self.mail_to
        mail["Subject"] = headline(message)
        mail.set_content("\n".join(details(message)) + "\n")
        self._tried("mail", lambda: send_mail(self.smtp_url, mail))

    def _tried(self, channel: str, once: Callable[[], None]) -> None:
        """Try a delivery up to three times."""
        for attempt in range(_TRIES):
            try:
                return once()
            except (OSError, smtplib.SMTPException) as error:
                reason = f"{channel}: {' '.join(str(error).split()) or type(error).__name__}"
            if attempt < _TRIES - 1:
                time.sleep(FIRST_PAUSE * 2**attempt)
        raise DeliveryError(reason)


def check_channels(rules: Sequence[Rule], channels: Channels) -> None:
    """Raise SettingError if an alert wants a channel that no setting leads to, or a wrong one."""
    ways = {
        "webhook": ("ALERT_WEBHOOK_URL", channels.webhook_url),
        "mail": ("ALERT_SMTP_URL and ALERT_MAIL_TO", channels.smtp_url and channels.mail_to),
    }
    for rule in rules:
        for channel in rule.notify:
            if channel in ways and not ways[channel][1]:
                raise SettingError(
                    f"The alert {rule.name!r} notifies by {channel}, but {ways[channel][0]} is "
                    "not set.",
                    hint="Set it in the environment or .env, or leave the channel out.",
                )
    web, mail = urlsplit(channels.webhook_url), urlsplit(channels.smtp_url)
    if channels.webhook_url and not (web.scheme in ("http", "https") and web.hostname):
        raise SettingError("ALERT_WEBHOOK_URL is no web address; expected https://….")
    if channels.smtp_url and not (mail.scheme in (_PLAIN, _OVER_TLS) and mail.hostname):
        raise SettingError(
            "ALERT_SMTP_URL is no mail server; expected smtp://user:password@host:587 or "
            "smtps://user:password@host:465."
        )


def send_mail(url: str, mail: EmailMessage) -> None:
    """Send a mail through the server of an smtp or smtps address, over TLS unless it is local."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (465 if parts.scheme == _OVER_TLS else 587)
    secure = ssl.create_default_context()
    if parts.scheme == _OVER_TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=secure)
    else:
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT)
    with server:
        if parts.scheme == _PLAIN and host not in _LOCAL:
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)
