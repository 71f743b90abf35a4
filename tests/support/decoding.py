"""What decoding says of a file."""

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.pages import decode_page


def why(data: bytes) -> Reason | None:
    """Why the first page is refused, or shown without a part of it; None for a whole one."""
    try:
        loss = decode_page(data, page_no=1, limits=Limits()).loss
    except FileRejectedError as error:
        return error.reason
    return loss.reason if loss else None
