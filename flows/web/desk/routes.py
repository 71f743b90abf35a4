"""Every way into the desk; who may use it stands in access.py."""

from typing import Final

from flows.web.desk import home, signing
from flows.web.desk.door import Way
from flows.web.desk.static import static

WAYS: Final = (
    Way("static", "GET", "/static/{file}", static),
    Way("language", "GET", "/language/{tag}", signing.language),
    Way("login", "GET", "/login", signing.login),
    Way("sign_in", "POST", "/login", signing.sign_in),
    Way("sign_out", "POST", "/logout", signing.sign_out),
    Way("alive", "GET", "/alive", signing.alive),
    Way("home", "GET", "/", home.home),
    Way("queue", "GET", "/queue", home.queue),
    Way("dashboard", "GET", "/dashboard", home.dashboard),
)
