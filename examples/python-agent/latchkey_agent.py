"""Access tokens from `latchkey agent`, for requests and httpx. Copy this file into your program."""

import http.client
import json
import os
import socket
from urllib.parse import quote

SOCKET = os.environ.get("LATCHKEY_AGENT", "run/agent.sock")


class _Agent(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(15)
        self.sock.connect(SOCKET)


def _ask(method, path, scope, body=None):
    agent = _Agent("agent")
    try:
        agent.request(method, f"{path}?scope={quote(scope)}", body)
        answer = agent.getresponse()
        text = answer.read().decode()
    finally:
        agent.close()
    if answer.status == 409:  # another attempt is useless
        return None
    if answer.status != 200:
        raise RuntimeError(f"the agent has no token: {answer.status} {text}")
    return json.loads(text)["access_token"]


def token(scope):
    """Returns the live token. Ask before each request: the agent answers from its memory."""
    return _ask("GET", "/token", scope)


def replace(scope, refused, reason):
    """Reports a token that an API answered with 401. Returns the token to try once more, or None."""
    return _ask("POST", "/refused", scope, json.dumps({"access_token": refused, "reason": reason}))
