"""电子邮件通道：SMTP with encryption."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.conf import settings

from tuoyu.domains.messages.channels.base import Answer, Letter, failed, sent

WAIT = 15.0


class Email:
    """电子邮件。"""

    code = "email"

    def missing(self) -> str:
        given = settings.CHANNELS["email"]
        if given["url"] and given["sender"]:
            return ""
        return "邮件服务器"

    def send(self, letter: Letter) -> Answer:
        given = settings.CHANNELS["email"]
        mail = EmailMessage()
        mail["From"], mail["To"] = given["sender"], letter.address
        mail["Subject"] = f"托育云：{letter.title}"
        mail.set_content(letter.text or letter.title)
        try:
            _hand_over(given["url"], mail)
        except smtplib.SMTPRecipientsRefused:
            return failed("邮件服务器说没有这个邮箱", again=False)
        except (OSError, smtplib.SMTPException):
            return failed("邮件服务器没有收下", again=True)
        return sent("邮件服务器已收下")


def _hand_over(url: str, mail: EmailMessage) -> None:
    parts = urlsplit(url)
    host, safe = parts.hostname or "", ssl.create_default_context()
    line = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=WAIT, context=safe)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, parts.port or 587, timeout=WAIT)
    )
    with line:
        if parts.scheme != "smtps":
            line.starttls(context=safe)
        if parts.username:
            line.login(unquote(parts.username), unquote(parts.password or ""))
        line.send_message(mail)
