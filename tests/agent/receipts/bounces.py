"""Mails that come back, as mail servers of different makers write them; each names one of our messages."""

from __future__ import annotations

from agent.mail_stamp import MailStamp

KEY = "msg_0123456789abcdef01234567"
STAMP = MailStamp("a secret of the tests alone, long enough")
OURS = f"<{KEY}.{STAMP.of(KEY)}@linden-lane.example>"


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def delivery_report(
    status: str = "5.1.1",
    action: str = "failed",
    diagnosis: str = "smtp; 550 5.1.1 <nora@mail.example>: Recipient address rejected: User unknown",
    message_id: str = OURS,
    whole: bool = True,
) -> bytes:
    """As Postfix writes it; `whole` False: the headers of our mail alone, as Exchange and others do."""
    original = (
        f"From: Linden Lane <care@linden-lane.example>\nTo: nora@mail.example\nMessage-ID: {message_id}\nSubject: Hi\n"
    )
    third = f"message/rfc822\n\n{original}\nHi Nora\n" if whole else f"text/rfc822-headers\n\n{original}"
    return crlf(f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: care@linden-lane.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1/mx.example"

This is a MIME-encapsulated message.

--B1/mx.example
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1/mx.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  2 Mar 2026 02:30:00 +0000 (UTC)

Final-Recipient: rfc822; nora@mail.example
Original-Recipient: rfc822;nora@mail.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example
Diagnostic-Code: {diagnosis}

--B1/mx.example
Content-Type: {third}
--B1/mx.example--
""")


def complaint(kind: str = "abuse", message_id: str = OURS) -> bytes:
    """As a feedback loop writes it (RFC 5965); who pressed the button is taken out."""
    return crlf(f"""From: staff@fbl.example
To: fbl@linden-lane.example
Subject: FW: Hi
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: redacted@fbl.example

--part1
Content-Type: message/rfc822

From: Linden Lane <care@linden-lane.example>
To: <redacted@fbl.example>
Subject: Hi
Message-ID: {message_id}

Hi Nora
--part1--
""")


def answer(text: str, headers: str = "", message_id: str = OURS) -> bytes:
    return crlf(f"""From: Nora <nora@mail.example>
To: care@linden-lane.example
Subject: Re: Hi
Message-ID: <a1@mail.example>
In-Reply-To: {message_id}
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}

On Mon, 2 Mar 2026 at 02:30, Linden Lane <care@linden-lane.example> wrote:
> Hi Nora
> Don't want these emails? Reply UNSUBSCRIBE and we will stop.
""")
