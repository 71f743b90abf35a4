"""Every way into the desk; who may use it stands in access.py."""

from typing import Final

from web.desk import batches, cases, dashboard, home, queue
from web.desk import decisions as deciding
from web.desk import login as signing
from web.desk.guard import RouteSpec
from web.desk.static_files import static

ROUTES: Final = (
    RouteSpec("static", "GET", "/static/{file}", static),
    RouteSpec("language", "GET", "/language/{tag}", signing.language),
    RouteSpec("login", "GET", "/login", signing.login),
    RouteSpec("sign_in", "POST", "/login", signing.sign_in),
    RouteSpec("sign_out", "POST", "/logout", signing.sign_out),
    RouteSpec("alive", "GET", "/alive", signing.keepalive),
    RouteSpec("home", "GET", "/", home.home),
    RouteSpec("queue", "GET", "/queue", queue.queue),
    RouteSpec("find", "GET", "/find", cases.find),
    RouteSpec("case", "GET", "/cases/{submission_id}", cases.case),
    RouteSpec("prioritise", "POST", "/cases/{submission_id}/priority", queue.prioritise),
    RouteSpec("picture", "GET", "/cases/{submission_id}/pages/{number}", cases.picture),
    RouteSpec("reveal", "POST", "/cases/{submission_id}/shown", cases.reveal),
    RouteSpec("preview", "POST", "/cases/{submission_id}/preview", deciding.preview),
    RouteSpec("decide", "POST", "/cases/{submission_id}/decision", deciding.decide),
    RouteSpec("release", "POST", "/cases/{submission_id}/release", deciding.release),
    RouteSpec("reopen", "POST", "/cases/{submission_id}/reopen", cases.reopen),
    RouteSpec("dashboard", "GET", "/dashboard", dashboard.dashboard),
    RouteSpec("dashboard_csv", "GET", "/dashboard.csv", dashboard.dashboard_csv),
    RouteSpec("batches", "GET", "/batches", batches.batches),
    RouteSpec("batch", "GET", "/batches/{batch_id}", batches.batch),
    RouteSpec("batch_csv", "GET", "/batches/{batch_id}/changes.csv", batches.batch_csv),
)
