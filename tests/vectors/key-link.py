"""Makes key-link.json by Python's `cryptography` from the words of PROTOCOL.md, "A key in a link", apart from the package's own code."""

import base64
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

PAGE = "https://example.org/app?from=mail"


def stretch(secret, salt, iterations=600_000):
    return PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=salt, iterations=iterations).derive(secret.encode())


def vector(code, key, data, salt, nonce):
    prefix = b"\x01" + salt + nonce
    sealed = AESGCM(stretch(code.replace("-", ""), salt)).encrypt(nonce, key + data.encode(), prefix)
    fragment = "#sealwire-key=" + base64.urlsafe_b64encode(prefix + sealed).rstrip(b"=").decode()
    key_id = HKDF(algorithm=hashes.SHA256(), length=16, salt=b"", info=b"sealwire-v1 key id").derive(key)
    return {
        "key": key.hex(), "keyId": key_id.hex(), "data": data, "code": code,
        "salt": salt.hex(), "nonce": nonce.hex(), "link": PAGE + fragment,
    }


def password(text, salt):
    return {"password": text, "salt": salt.hex(), "iterations": 600_000, "key": stretch(text, salt).hex()}


print(json.dumps({
    "made": "python3 tests/vectors/key-link.py > tests/vectors/key-link.json, with the package `cryptography` of PyPI",
    "page": PAGE,
    "links": [
        vector("0123-4567-89AB", bytes(range(32)), '{"userId":"user_1","secret":"Grüße"}', bytes(range(64, 80)), bytes(range(96, 108))),
        vector("CDEF-GHJK-MNPQ", bytes([255] * 32), "", bytes(range(1, 17)), bytes(range(200, 212))),
        vector("RSTV-WXYZ-01ZZ", bytes(range(100, 132)), "null", bytes([0] * 16), bytes([7] * 12)),
    ],
    "passwords": [password("pässwörd🔑", bytes(range(16))), password("correct horse battery staple", bytes(range(32)))],
}, indent=2, ensure_ascii=False))
