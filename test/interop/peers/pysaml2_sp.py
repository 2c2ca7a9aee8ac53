"""A service provider of pysaml2, with its checks as they come.

Started as `/usr/bin/python3 pysaml2_sp.py CONFIG`, it prints {"url": ...} and ends when its standard input does. CONFIG is
a JSON file, read anew for each request: a test changes it and the address, hence the registration at the identity
provider, stays.
"""

import datetime
import http.server
import json
import sys
import threading
import time
import types
import urllib.parse
import urllib.request

import saml2.time_util
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, xmldsig
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import AuthnContextClassRef
from saml2.samlp import RequestedAuthnContext

# Requests sent from here: the library keeps none, the application hands it the IDs that it waits for.
outstanding = {}

SIGNING = {
    "rsa-sha256": (xmldsig.SIG_RSA_SHA256, xmldsig.DIGEST_SHA256),
    "rsa-sha384": (xmldsig.SIG_RSA_SHA384, xmldsig.DIGEST_SHA384),
    "rsa-sha512": (xmldsig.SIG_RSA_SHA512, xmldsig.DIGEST_SHA512),
}


def set_clock(offset):
    """Moves the time that pysaml2 sees by offset seconds, so that a late answer can be tried."""
    shift = datetime.timedelta(seconds=offset)

    class Shifted(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime.utcnow() + shift

    def gmtime(seconds=None):
        return time.gmtime(time.time() + offset if seconds is None else seconds)

    clock = types.SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if not name.startswith("_")})
    clock.gmtime = gmtime
    clock.time = lambda: time.time() + offset
    saml2.time_util.time = clock
    saml2.time_util.datetime = Shifted


def configuration(url):
    with open(sys.argv[1], encoding="utf-8") as file:
        config = json.load(file)
    set_clock(config.get("clockOffsetSeconds", 0))
    config["baseUrl"] = config.get("baseUrl") or url
    return config


def idp_metadata(config):
    """The text itself, or what the address answers with."""
    value = config["idpMetadata"]
    if not value.startswith(("http://", "https://")):
        return value
    with urllib.request.urlopen(value, timeout=10) as response:
        return response.read().decode()


def client_config(config, with_idp=True):
    signing = SIGNING[config.get("signatureAlgorithm") or "rsa-sha256"]
    signs = bool(config.get("signRequests"))
    sp = {
        "endpoints": {"assertion_consumer_service": [(config["baseUrl"] + "/acs", BINDING_HTTP_POST)]},
        "authn_requests_signed": signs,
        "want_assertions_signed": config.get("wantAssertionsSigned", False),
        "want_response_signed": config.get("wantResponseSigned", True),
        "allow_unsolicited": config.get("allowUnsolicited", False),
        "signing_algorithm": signing[0],
        "digest_algorithm": signing[1],
    }
    if config.get("nameIdFormat"):
        sp["name_id_policy_format"] = config["nameIdFormat"]
        sp["name_id_format"] = config["nameIdFormat"]
        sp["name_id_format_allow_create"] = True
    settings = {
        "entityid": config["entityId"],
        "service": {"sp": sp},
        "allow_unknown_attributes": True,
        "accepted_time_diff": config.get("acceptedClockSkew", 0),
    }
    if signs:
        settings.update(key_file=config["keyFile"], cert_file=config["certFile"])
    if config.get("decrypt"):
        settings["encryption_keypairs"] = [{"key_file": config["keyFile"], "cert_file": config["certFile"]}]
    if with_idp:
        settings["metadata"] = {"inline": [idp_metadata(config)]}
    return SPConfig().load(settings)


def metadata(config):
    return "application/samlmetadata+xml", str(entity_descriptor(client_config(config, with_idp=False))), {}


def login(config, relay):
    client = Saml2Client(client_config(config))
    post = config.get("requestBinding") == "post"
    signing = SIGNING[config.get("signatureAlgorithm") or "rsa-sha256"]
    options = {}
    if config.get("forceAuthn"):
        options["force_authn"] = "true"
    if config.get("passive"):
        options["is_passive"] = "true"
    if config.get("requestedAuthnContext"):
        classes = [AuthnContextClassRef(text=name) for name in config["requestedAuthnContext"]]
        options["requested_authn_context"] = RequestedAuthnContext(authn_context_class_ref=classes, comparison="exact")
    request_id, http_args = client.prepare_for_authenticate(
        relay_state=relay,
        binding=BINDING_HTTP_POST if post else BINDING_HTTP_REDIRECT,
        sign=bool(config.get("signRequests")),
        sigalg=signing[0],
        digest_alg=signing[1],
        **options,
    )
    outstanding[request_id] = relay
    if post:
        return "text/html", http_args["data"], {}
    return "text/html", "", dict(http_args["headers"])


def acs(config, form):
    client = Saml2Client(client_config(config))
    response = client.parse_authn_request_response(form["SAMLResponse"], BINDING_HTTP_POST, outstanding)
    if response is None:
        raise ValueError("the library returned nothing")
    outstanding.pop(response.in_response_to, None)
    statement = response.assertion.authn_statement[0]
    return {
        "ok": True,
        "nameID": response.name_id.text,
        "nameIDFormat": response.name_id.format,
        "attributes": attributes(response.assertion),
        "sessionIndex": statement.session_index,
        "inResponseTo": response.in_response_to,
        "authnContext": statement.authn_context.authn_context_class_ref.text,
        "relayState": form.get("RelayState"),
    }


def attributes(assertion):
    """Values by attribute name, as they are in the assertion that the library verified; `ava` would rename them."""
    found = {}
    for attribute in assertion.attribute_statement[0].attribute if assertion.attribute_statement else []:
        found[attribute.name] = [value.text for value in attribute.attribute_value]
    return found


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        target = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(target.query, keep_blank_values=True))
        if target.path == "/metadata":
            self.answer(lambda config: metadata(config))
        elif target.path == "/login":
            self.answer(lambda config: login(config, query.get("relay", "")))
        else:
            self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        self.answer(lambda config: ("application/json", json.dumps(acs(config, form)), {}))

    def answer(self, make):
        try:
            kind, body, headers = make(configuration(self.server.url))
        except Exception as error:  # whatever the library raises is its refusal
            refusal = {"ok": False, "error": f"{type(error).__name__}: {error}"}
            kind, body, headers = "application/json", json.dumps(refusal), {}
        self.send_response(302 if "Location" in headers else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        content = body.encode()
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"url": server.url}), flush=True)
    sys.stdin.read()


main()
