"""A real OpenID provider in a process of its own, which can be told to lie.

`python -m tests.callbacks.oidc_provider` writes its port and serves until its input ends. People
are put with `PUT /users/<sub>`; `PUT /lie` names one of LIES for the ID tokens that follow.
"""

import base64
import hmac
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

Claims = dict[str, Any]
# What becomes of the claims; signed with the right key all the same.
CHANGES: dict[str, dict[str, Any]] = {
    "other_issuer": {"iss": "https://evil.example"},
    "other_audience": {"aud": "somebody-else"},
    "other_audience_for_us": {"aud": "somebody-else", "azp": "vigia"},
    "audiences_for_another": {"aud": ["vigia", "somebody-else"], "azp": "somebody-else"},
    "other_nonce": {"nonce": "of another visit"},
    "no_nonce": {"nonce": None},
    "no_subject": {"sub": None},
    "expired": {"exp": -3600},
    "from_tomorrow": {"iat": 86400, "exp": 90000},
}
LIES = (*CHANGES, "other_key", "no_algorithm", "shared_secret", "no_id_token", "own_user_info")


def main() -> None:
    """Serve until the input ends."""
    # Its use of deprecated modules is nothing that the tests could mend.
    import oidc_provider_mock

    app = oidc_provider_mock.app()
    told: dict[str, Any] = {"lie": None, "asked": []}

    @app.put("/lie")
    def lie() -> Any:
        told["lie"] = flask.request.get_json()
        return "", 204

    @app.get("/asked")
    def asked() -> Any:
        return flask.jsonify(told["asked"])

    @app.after_request
    def lying(response: flask.Response) -> flask.Response:
        told["asked"].append([flask.request.path, flask.request.form.to_dict()])
        if flask.request.path == "/.well-known/openid-configuration":
            # As careless providers do; whoever believes it accepts what nobody has signed.
            document = response.get_json()
            document["id_token_signing_alg_values_supported"] += ["none", "HS256"]
            response.set_data(flask.json.dumps(document))
        if flask.request.path == "/oauth2/token" and response.status_code == 200 and told["lie"]:
            answer = response.get_json()
            _lie(told["lie"], answer, flask.g.oidc_provider_mock_storage.jwk)
            response.set_data(flask.json.dumps(answer))
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


def _lie(lie: str, answer: dict[str, Any], key: Any) -> None:
    if lie in ("no_id_token", "own_user_info"):
        del answer["id_token"]
        if lie == "own_user_info":
            answer["userinfo"] = {"sub": "x", "email": "marina.falcao@example.com"}
            answer["userinfo"]["email_verified"] = True
        return
    genuine = RSAKey.import_key(key.as_dict(is_private=True))
    told = jwt.decode(answer["id_token"], genuine, algorithms=["RS256"])
    claims = _changed(told.claims, CHANGES.get(lie, {}))
    if lie == "no_algorithm":
        answer["id_token"] = _joined({"alg": "none"}, claims, lambda _: b"")
    elif lie == "shared_secret":
        # The old confusion: the public key, taken for a secret that both sides know.
        public = genuine.as_pem(private=False)
        header = {"alg": "HS256", "kid": told.header.get("kid")}
        answer["id_token"] = _joined(
            header, claims, lambda signed: hmac.digest(public, signed, "sha256")
        )
    else:
        signer = RSAKey.generate_key(2048) if lie == "other_key" else genuine
        answer["id_token"] = jwt.encode(dict(told.header), claims, signer)


def _joined(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    def coded(content: bytes) -> bytes:
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    signed = b".".join(coded(json.dumps(part).encode()) for part in (header, claims))
    return b".".join((signed, coded(sign(signed)))).decode()


def _changed(claims: Claims, changes: Claims) -> Claims:
    now = int(time.time())
    moved = {
        name: now + value if name in ("exp", "iat") else value for name, value in changes.items()
    }
    return {name: value for name, value in (claims | moved).items() if value is not None}


if __name__ == "__main__":
    main()
