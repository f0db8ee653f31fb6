"""Calls an API twice, with requests and with httpx, each time with the live token."""

import os

import httpx
import requests

import with_httpx
import with_requests

API = os.environ["API"]
SCOPE = "machinelearning.predict"

session = requests.Session()
session.auth = with_requests.LatchkeyAuth(SCOPE)
print("requests", session.get(API, timeout=30).status_code)

with httpx.Client(auth=with_httpx.LatchkeyAuth(SCOPE), timeout=30) as client:
    print("httpx", client.get(API).status_code)
