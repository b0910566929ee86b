"""Signatures of webhooks, checked as the specification's verifiers do."""

import base64
import hashlib
import hmac

import pytest
from pydantic import SecretStr, ValidationError

from api.settings import Settings
from api.signing import signed_headers

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = '{"title":"楼道起火"}'.encode()


def test_the_signature_covers_id_time_and_body() -> None:
    signed = b"evt_1.1614265330." + BODY
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert signed_headers(SECRET, "evt_1", 1_614_265_330, BODY) == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"v1,{expected}",
    }


def test_without_a_secret_nothing_is_signed() -> None:
    assert signed_headers(None, "evt_1", 1, BODY) == {"webhook-id": "evt_1", "webhook-timestamp": "1"}


@pytest.mark.parametrize(
    "secret",
    [
        base64.b64encode(KEY).decode(),
        "whsec_no base64",
        "whsec_" + base64.b64encode(KEY[:23]).decode(),
        "whsec_" + base64.b64encode(KEY * 3).decode(),
    ],
)
def test_a_weak_or_malformed_secret_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValidationError, match="whsec_") as refused:
        Settings(_env_file=None, alert_webhook_secret=SecretStr(secret))
    assert secret not in str(refused.value)
