"""What an authenticator app shows."""
import base64
import hashlib
import hmac
import struct
import time


def one_time_code(key, at=None):
    step = int((time.time() if at is None else at) // 30)
    mac = hmac.new(base64.b32decode(key + "=" * (-len(key) % 8)), struct.pack(">Q", step), hashlib.sha1).digest()
    number = struct.unpack_from(">I", mac, mac[-1] & 15)[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
