"""The ways by which a message reaches people: a webhook, and e-mail."""

import html
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from functools import partial
from http.client import HTTPException
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ingestion.settings import Settings

_SECONDS = 10
_WEBHOOK, _SMTP = "UNAVISTA_ALARM_WEBHOOK", "UNAVISTA_ALARM_SMTP"
_SMTP_EXPECTED = (
    f"{_SMTP}: expected smtp://name:password@host:port/?from=address&to=address, with"
    " %40 for an @ in the name or the password, or smtps:// where TLS comes first"
)


class NotSent(Exception):
    """A channel did not take a message; the words name no password and no path."""


@dataclass(frozen=True)
class Message:
    """What is told once: `title` in one line, `text` with all a person needs.

    `event` is opened or resolved; `since` a day, as text.
    """

    event: str
    kind: str
    place: str
    night: str
    since: str
    found: str
    expected: str
    cause: str
    cure: str
    title: str
    text: str


# Returns what a person should know though the message was taken; raises NotSent.
Channel = Callable[[Message], str]


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels that are set, by name; without those that cannot be.

    `problems` names these, before a night begins.
    """
    return {
        name: partial(send, read(address))
        for name, address, read, send in _set(settings)
        if _problem(read, address) is None
    }


def problems(settings: Settings) -> Iterator[str]:
    """What is wrong with the settings, a sentence each, without their secrets."""
    for _, address, read, _ in _set(settings):
        if said := _problem(read, address):
            yield said


def _set(settings: Settings) -> Iterator[tuple[str, str, Callable, Callable]]:
    """Name, address, what reads the address, and what sends by it."""
    if settings.alarm_webhook:
        yield "webhook", settings.alarm_webhook, _webhook, _post
    if settings.alarm_smtp:
        yield "smtp", settings.alarm_smtp, _mailbox, _mail


def _problem(read: Callable[[str], object], address: str) -> str | None:
    try:
        read(address)
    except ValueError as error:
        return str(error)
    return None


# --- Webhook.


def _webhook(address: str) -> str:
    parts = _split(address)
    is_plain = parts is not None and parts.scheme == "http" and _is_here(parts.hostname)
    if parts is None or not parts.hostname or not (parts.scheme == "https" or is_plain):
        raise ValueError(
            f"{_WEBHOOK}: expected an address that begins with https:// (http:// only"
            " for this machine itself)"
        )
    return address


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message goes where the setting says, or nowhere."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def _post(address: str, message: Message) -> str:
    """POST `{"text": …, "alarm": {…}}`: Slack, Teams and Mattermost show the text."""
    said = {name: value for name, value in asdict(message).items() if name != "text"}
    # Where these stand for links and mentions, they are to be read as they are.
    text = html.escape(message.text, quote=False)
    request = urllib.request.Request(
        address,
        data=json.dumps({"text": text, "alarm": said}).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "unavista"},
    )
    host = urlsplit(address).hostname
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS):
            pass
    except urllib.error.HTTPError as error:
        raise NotSent(
            f"the webhook at {host} answered {error.code}; see {_WEBHOOK}"
        ) from None
    except (OSError, ValueError, HTTPException) as error:
        raise NotSent(
            f"the webhook at {host} did not answer{_why(error)}; see {_WEBHOOK}"
        ) from None
    return ""


# --- E-mail.


@dataclass(frozen=True)
class _Mailbox:
    host: str
    port: int
    is_tls: bool
    name: str
    password: str
    sender: str
    to: tuple[str, ...]


def _mailbox(address: str) -> _Mailbox:
    parts = _split(address)
    if parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(_SMTP_EXPECTED)
    asked = parse_qs(parts.query)
    senders = asked.get("from", [])
    to = tuple(one.strip() for many in asked.get("to", []) for one in many.split(","))
    if len(senders) != 1 or not to or not all(map(_is_address, (*senders, *to))):
        raise ValueError(_SMTP_EXPECTED)
    is_tls = parts.scheme == "smtps"
    return _Mailbox(
        parts.hostname, parts.port or (465 if is_tls else 587), is_tls,
        unquote(parts.username or ""), unquote(parts.password or ""), senders[0], to,
    )  # fmt: skip


def _mail(box: _Mailbox, message: Message) -> str:
    mail = EmailMessage()
    mail["Subject"] = f"unavista: {message.title}"
    mail["From"], mail["To"] = box.sender, ", ".join(box.to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=box.sender.rpartition("@")[2])
    mail.set_content(message.text + "\n")
    try:
        with _server(box) as server:
            refused = server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise NotSent(
            f"the mail server {box.host} answered {error.smtp_code}; see {_SMTP}"
        ) from None
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise NotSent(
            f"the mail server {box.host} did not take a message{_why(error)}; see"
            f" {_SMTP}"
        ) from None
    if not refused:
        return ""
    return (
        f"the mail server {box.host} refused {len(refused)} of {len(box.to)} addresses;"
        f" see {_SMTP}"
    )


@contextmanager
def _server(box: _Mailbox) -> Iterator[smtplib.SMTP]:
    """A server that is greeted and signed in to, over TLS where it offers that.

    No password is sent to another machine without it.
    """
    context = ssl.create_default_context()
    if box.is_tls:
        server = smtplib.SMTP_SSL(box.host, box.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(box.host, box.port, timeout=_SECONDS)
    with server:
        server.ehlo()
        is_safe = box.is_tls or _is_here(box.host)
        if not box.is_tls and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_safe = True
        if box.name and not is_safe:
            raise NotSent(
                f"the mail server {box.host} offers no TLS, and the password of"
                f" {_SMTP} is not sent in the clear"
            )
        if box.name:
            server.login(box.name, box.password)
        yield server


def _why(error: Exception) -> str:
    """Why nobody answered, to be read after `did not answer`; without any address."""
    reason = getattr(error, "reason", None) or error
    # To smtplib a server that says nothing has closed the connection.
    if isinstance(reason, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f" within {_SECONDS} seconds"
    if isinstance(reason, ConnectionResetError | smtplib.SMTPServerDisconnected):
        return ": it closed the connection"
    if reason is not error:
        return f": {reason}"
    return f": {getattr(error, 'strerror', None) or type(error).__name__}"


def _split(address: str) -> SplitResult | None:
    if not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(local and domain) and text.isprintable() and parseaddr(text)[1] == text


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
