"""Adds the live token to requests, and sends a request once more if the API answers 401."""

import requests

import latchkey_agent


class LatchkeyAuth(requests.auth.AuthBase):
    def __init__(self, scope):
        self.scope = scope

    def __call__(self, request):
        token = latchkey_agent.token(self.scope)
        request.headers["Authorization"] = f"Bearer {token}"

        def retry(response, **options):
            if response.status_code != 401 or not isinstance(response.request.body, (bytes, str, type(None))):
                return response  # a stream cannot be sent twice
            response.content  # reads the answer to its end, so that its connection is free
            reason = response.headers.get("Latchkey-Reason")
            other = latchkey_agent.replace(self.scope, token, reason)
            if other is None:
                return response
            again = response.request.copy()
            again.deregister_hook("response", retry)
            again.headers["Authorization"] = f"Bearer {other}"
            return response.connection.send(again, **options)

        request.register_hook("response", retry)
        return request
