"""What would be unsafe stops the start, all of it at once, in sentences without values."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.delivery.webhook import WebhookOptions
from pipeline.stores.options import StoreOptions
from service.options import DeskOptions, PrefectOptions, ReceiverOptions, is_loopback
from service.settings import Settings, SettingsError, unknown_variables
from service.settings_checks import problems, refuse_unsafe_settings
from tests.support.certificates import self_signed

SIGNS = "whsec_" + "YWFh" * 11
KEYS = {"access_key": SecretStr("canary-a"), "secret_key": SecretStr("canary-s")}
GOOD_SECRET = bytes(range(32)).hex()
COMMENT = "# 64 hexadecimal digits, the same on every machine; else a file in the workspace"


def webhook(url: str, **more: object) -> WebhookOptions:
    return WebhookOptions.model_validate({"url": url} | more)


def desk(**options: object) -> DeskOptions:
    return DeskOptions.model_validate({"port": 8098} | options)


def prefect(**options: object) -> PrefectOptions:
    return PrefectOptions.model_validate(options)


def elsewhere(**more: object) -> PrefectOptions:
    return prefect(host="0.0.0.0", **more)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({}, [], id="as it comes"),
        pytest.param({"prefect": elsewhere()}, ["INTAKE_PREFECT__HOST"], id="Prefect open to the network"),
        pytest.param({"prefect": elsewhere(auth="u:canary")}, ["INTAKE_PREFECT__URL"], id="the same with a password"),
        pytest.param({"prefect": elsewhere(url="https://p.example")}, [], id="a Prefect behind TLS"),
        pytest.param({"prefect": elsewhere(url="http://127.0.0.1:4200")}, [], id="one that is reached here alone"),
        pytest.param({"prefect": prefect(url="http://p.example")}, ["https"], id="a Prefect behind a proxy in clear"),
        pytest.param({"prefect": prefect(url="https://p.example/ui")}, ["port alone"], id="a Prefect below a path"),
        pytest.param({"prefect": prefect(url="https://*.example")}, ["port alone"], id="a Prefect of many names"),
        pytest.param({"prefect": prefect(auth="canary")}, ["USER:PASSWORD"], id="a password without a user"),
        pytest.param({"prefect": prefect(auth="canary:")}, ["USER:PASSWORD"], id="a user without a password"),
        pytest.param({"prefect": prefect(auth="u:canary密")}, ["ASCII"], id="a password that Prefect breaks at"),
        pytest.param({"prefect": prefect(auth="")}, [], id="a password as an example file leaves it"),
        pytest.param({"prefect": elsewhere(api_url="https://p.example/api")}, [], id="a Prefect of somebody else"),
        pytest.param({"prefect": PrefectOptions(host="::1")}, [], id="loopback of IPv6"),
        pytest.param({"prefect": PrefectOptions(host="::ffff:127.0.0.1")}, [], id="loopback of IPv4 as IPv6"),
        pytest.param({"prefect": prefect(api_url="p.example/api")}, ["API_URL"], id="a Prefect without a scheme"),
        pytest.param(
            {"prefect": prefect(api_url="http://p:x/api")}, ["API_URL"], id="a Prefect at a port that is none"
        ),
        pytest.param({"prefect": prefect(api_url="http://u:canary@p/api")}, ["AUTH"], id="a password in its URL"),
        pytest.param(
            {"prefect": prefect(database_url="postgresql://u:canary@h/d")}, ["asyncpg"], id="a database by no driver"
        ),
        pytest.param(
            {"receiver": ReceiverOptions(port=8098, tokens=SecretStr("t" * 32)), "desk": desk()},
            ["INTAKE_RECEIVER__PORT and INTAKE_DESK__PORT are both 8098"],
            id="one port for two",
        ),
        pytest.param(
            {"store_url": "s3://b", "store": StoreOptions(endpoint="10.0.0.7:9000", secure=False, **KEYS)},
            ["INTAKE_STORE__SECURE"],
            id="scans in clear over the network",
        ),
        pytest.param(
            {"store_url": "s3://b", "store": StoreOptions(endpoint="127.0.0.1:9000", secure=False, **KEYS)},
            [],
            id="scans in clear on this machine",
        ),
        pytest.param(
            {"store_url": "s3://b"}, ["INTAKE_STORE__ACCESS_KEY", "INTAKE_STORE__SECRET_KEY"], id="no keys for a bucket"
        ),
        pytest.param({"store": StoreOptions(secure=False, endpoint="h:1")}, [], id="a bucket that is not used"),
        pytest.param({"register_secret": SecretStr(GOOD_SECRET)}, [], id="a secret"),
        pytest.param({"register_secret": SecretStr("0f" * 32)}, ["is an example"], id="one byte again and again"),
        pytest.param({"register_secret": SecretStr("0123456789abcdef" * 4)}, ["is an example"], id="digits in order"),
        pytest.param({"register_secret": SecretStr(COMMENT)}, ["_SECRET must hold"], id="the example's comment"),
        pytest.param({"policy_file": Path("nowhere.yaml")}, ["policy file nowhere.yaml"], id="no policy"),
        pytest.param({"receiver": ReceiverOptions(port=8099)}, ["INTAKE_RECEIVER__TOKENS"], id="a port, no token"),
        pytest.param({"receiver": ReceiverOptions(port=8099, tokens=SecretStr("t" * 32))}, [], id="a port with one"),
        pytest.param({"desk": desk()}, [], id="a review desk for this machine alone"),
        pytest.param({"desk": desk(url="http://localhost:8098")}, [], id="the same by another name"),
        pytest.param({"desk": desk(url="http://[::1]:8098")}, [], id="the same by IPv6"),
        pytest.param({"desk": desk(host="0.0.0.0")}, ["INTAKE_DESK__URL"], id="a desk for others in clear"),
        pytest.param({"desk": desk(host="0.0.0.0", url="http://d.example")}, ["https"], id="the same with an address"),
        pytest.param({"desk": desk(url="http://d.example")}, ["https"], id="a proxy without TLS"),
        pytest.param({"desk": desk(host="0.0.0.0", url="https://d.example")}, [], id="a proxy with TLS elsewhere"),
        pytest.param({"desk": desk(url="https://d.example:8443")}, [], id="a proxy with TLS here"),
        pytest.param({"desk": desk(url="https://d.example/desk")}, ["port alone"], id="a desk below a path"),
        pytest.param({"desk": desk(url="https://u:canary@d.example")}, ["port alone"], id="an address with a password"),
        pytest.param({"desk": desk(port=0)}, ["nobody knows"], id="a desk on any port"),
        pytest.param({"desk": desk(port=None, host="0.0.0.0")}, [], id="a desk that is off"),
        pytest.param({"webhook": webhook("http://10.0.0.7/")}, ["INTAKE_WEBHOOK__SECRETS"], id="a webhook unsigned"),
        pytest.param({"webhook": webhook("http://10.0.0.7/", secrets=SIGNS)}, [], id="a webhook of references"),
        pytest.param(
            {"webhook": webhook("http://10.0.0.7/", secrets=SIGNS, whole=True)},
            ["INTAKE_WEBHOOK__WHOLE"],
            id="whole results in clear over the network",
        ),
        pytest.param(
            {"webhook": webhook("https://h.example/", secrets=SIGNS, whole=True)}, [], id="whole results over TLS"
        ),
    ],
)
def test_what_is_unsafe_is_said(tmp_path: Path, change: dict[str, object], words: list[str]) -> None:
    found = list(map(str, problems(Settings(workspace=tmp_path).model_copy(update=change))))
    assert [word for word, said in zip(words, found, strict=True) if word not in said] == []
    assert all(said.endswith(".") and "canary" not in said for said in found)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        pytest.param("SSL_CERT_FILE", "{}/nowhere", "no certificate can be read", id="a file that is not there"),
        pytest.param("SSL_CERT_FILE", "{}/words", "no certificate can be read", id="a file of words"),
        pytest.param("SSL_CERT_DIR", "{}/nowhere", "no certificate can be read", id="a folder that is not there"),
        pytest.param("SSL_CERT_DIR", "{}/none", "no certificate can be read", id="a folder without certificates"),
        pytest.param("SSL_CERT_DIR", "{}/nowhere:{}", None, id="folders, of which one has certificates"),
        pytest.param("SSL_CERT_FILE", "{}", "no certificate can be read", id="a folder for a file"),
        pytest.param("REQUESTS_CA_BUNDLE", "{}", None, id="a variable that we do not read"),
        pytest.param("SSLKEYLOGFILE", "{}/keys", "keys of our connections", id="a file for keys"),
        pytest.param("SSL_CERT_FILE", "{}/certificate.pem", None, id="a certificate"),
        pytest.param("SSL_CERT_FILE", "", None, id="set to nothing"),
    ],
)
def test_what_the_environment_says_about_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str | None
) -> None:
    self_signed(tmp_path)
    tmp_path.joinpath("words").write_text("no certificate")
    tmp_path.joinpath("none").mkdir()
    tmp_path.joinpath("none", "words").write_text("no certificate")
    monkeypatch.setenv(name, value.replace("{}", str(tmp_path)))
    found = [str(one) for one in problems(Settings(workspace=tmp_path / "new"))]
    assert len(found) == (0 if words is None else 1)
    assert words is None or (words in found[0] and name in found[0])


@pytest.mark.parametrize(
    ("mode", "refused"),
    [
        pytest.param(0o700, False, id="its owner's alone"),
        pytest.param(0o750, True, id="the group's as well"),
        pytest.param(0o701, True, id="everybody's to pass through"),
    ],
)
def test_a_workspace_that_others_can_read_is_refused(tmp_path: Path, mode: int, refused: bool) -> None:
    tmp_path.chmod(mode)
    assert any("chmod 700" in str(said) for said in problems(Settings(workspace=tmp_path))) is refused
    tmp_path.chmod(0o700)


def test_a_workspace_that_is_not_there_yet_is_no_problem(tmp_path: Path) -> None:
    assert problems(Settings(workspace=tmp_path / "new")) == ()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        pytest.param("INTAKE_WORKSPACE", True, id="a setting"),
        pytest.param("intake_workspace", True, id="a setting in small letters"),
        pytest.param("INTAKE_STORE", True, id="a group as JSON"),
        pytest.param("INTAKE_STORE__SECRET_KEY", True, id="a setting of a group"),
        pytest.param("INTAKE_STORE__SECRET_KEY_FILE", True, id="a secret in a file"),
        pytest.param("INTAKE_STORE__ENDPOINT_FILE", False, id="a file of what is no secret"),
        pytest.param("INTAKE_REQUIRE_S3", True, id="what a lane of tests says"),
        pytest.param("INTAKE_STOREURL", False, id="an underscore too few"),
        pytest.param("INTAKE_STORE_ENDPOINT", False, id="one underscore before a group's member"),
        pytest.param("INTAKE_STORE__ENDPOIN", False, id="a letter too few"),
        pytest.param("INTAKE_", False, id="nothing"),
        pytest.param("INTAKES_ARE_MANY", True, id="somebody else's"),
    ],
)
def test_misspelt_settings_are_named(monkeypatch: pytest.MonkeyPatch, name: str, known: bool) -> None:
    monkeypatch.setenv(name, "canary")
    assert unknown_variables() == (() if known else (name,))


def test_everything_is_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_STOREURL", "s3://canary")
    monkeypatch.setenv("INTAKE_PREFECT_HOST", "canary")
    tmp_path.chmod(0o755)
    settings = Settings(workspace=tmp_path, store_url="s3://b", prefect=elsewhere(), policy_file=tmp_path)
    with pytest.raises(SettingsError) as caught:
        refuse_unsafe_settings(settings)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1 + 2 + 1 + 2 + 1 + 1
    assert "canary" not in str(caught.value)


def test_safe_settings_go_on(tmp_path: Path) -> None:
    refuse_unsafe_settings(Settings(workspace=tmp_path))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
