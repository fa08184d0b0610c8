"""WeCom's callbacks: signed with a token of ours, and sealed with a key of ours. Takes what came, gives what it says.

The signature is a SHA-1 over four sorted texts; the seal is AES-256-CBC around 16 random bytes, a length, the words and
the id of the firm. https://developer.work.weixin.qq.com/document/path/90968
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from agent.chat_url import ChatAccount
from agent.errors import InputError, NotReady

HEAD = 16
BLOCK = 32
_TAG = re.compile(
    r"<(?P<tag>[A-Za-z]{1,20})>(?:<!\[CDATA\[(?P<quoted>[^\]]*(?:\](?!\]>)[^\]]*)*)\]\]>|(?P<plain>[^<]*))</(?P=tag)>"
)
REMEDY = "see that token= and aes_key= are those of the callback in WeCom"


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, sealed))).encode()).hexdigest()


def unsealed(account: ChatAccount, shown: str, timestamp: str, nonce: str, sealed: str) -> str:
    """The words inside. Raises InputError where they are not WeCom's to this firm, NotReady without cryptography."""
    ours = signature(account.verify, timestamp, nonce, sealed)
    if not account.verify or not hmac.compare_digest(ours.encode(), shown.encode()):
        raise InputError("the signature does not fit", REMEDY)
    try:
        whole = _decrypted(account.aes_key, base64.b64decode(sealed, validate=True))
        length = int.from_bytes(whole[HEAD : HEAD + 4], "big")
        words, firm = whole[HEAD + 4 : HEAD + 4 + length], whole[HEAD + 4 + length :]
        told = words.decode()
    except (ValueError, binascii.Error) as error:
        raise InputError("the seal cannot be opened", REMEDY) from error
    if firm.decode(errors="replace") != account.firm:
        raise InputError("it is sealed for another firm", REMEDY)
    return told


def _decrypted(key: bytes, data: bytes) -> bytes:
    """Without the padding. Raises ValueError for what is no whole number of blocks or wrongly padded."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError as error:
        raise NotReady("WeCom's callbacks cannot be opened: no cryptography", "pip install holdfast[wecom]") from error
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:HEAD])).decryptor()
    padded = opener.update(data) + opener.finalize()
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise ValueError("wrongly padded")
    return padded[:-pad]


def tags(xml: str) -> dict[str, str]:
    """The flat fields of WeCom's small XML; nothing in it is expanded or fetched."""
    return {found["tag"]: found["quoted"] or found["plain"] or "" for found in _TAG.finditer(xml)}
