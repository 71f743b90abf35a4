"""Every way into the desk; who may use it stands in access.py."""

from typing import Final

from web.desk import batches, cases, dashboard, home, queue
from web.desk import decisions as deciding
from web.desk import login as signing
from web.desk.guard import Way
from web.desk.static_files import static

WAYS: Final = (
    Way("static", "GET", "/static/{file}", static),
    Way("language", "GET", "/language/{tag}", signing.language),
    Way("login", "GET", "/login", signing.login),
    Way("sign_in", "POST", "/login", signing.sign_in),
    Way("sign_out", "POST", "/logout", signing.sign_out),
    Way("alive", "GET", "/alive", signing.alive),
    Way("home", "GET", "/", home.home),
    Way("queue", "GET", "/queue", queue.queue),
    Way("find", "GET", "/find", cases.find),
    Way("case", "GET", "/cases/{submission_id}", cases.case),
    Way("prioritise", "POST", "/cases/{submission_id}/priority", queue.prioritise),
    Way("picture", "GET", "/cases/{submission_id}/pages/{number}", cases.picture),
    Way("reveal", "POST", "/cases/{submission_id}/shown", cases.reveal),
    Way("preview", "POST", "/cases/{submission_id}/preview", deciding.preview),
    Way("decide", "POST", "/cases/{submission_id}/decision", deciding.decide),
    Way("release", "POST", "/cases/{submission_id}/release", cases.release),
    Way("reopen", "POST", "/cases/{submission_id}/reopen", cases.reopen),
    Way("dashboard", "GET", "/dashboard", dashboard.dashboard),
    Way("dashboard_csv", "GET", "/dashboard.csv", dashboard.dashboard_csv),
    Way("batches", "GET", "/batches", batches.batches),
    Way("batch", "GET", "/batches/{batch_id}", batches.batch),
    Way("batch_csv", "GET", "/batches/{batch_id}/changes.csv", batches.batch_csv),
)
