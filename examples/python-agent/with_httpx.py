"""Adds the live token to requests of httpx, and sends a request once more if the API answers 401."""

import httpx

import latchkey_agent


class LatchkeyAuth(httpx.Auth):
    requires_request_body = True  # a stream cannot be sent twice

    def __init__(self, scope):
        self.scope = scope

    def auth_flow(self, request):
        token = latchkey_agent.token(self.scope)
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            reason = response.headers.get("Latchkey-Reason")
            other = latchkey_agent.replace(self.scope, token, reason)
            if other is not None:
                request.headers["Authorization"] = f"Bearer {other}"
                yield request
