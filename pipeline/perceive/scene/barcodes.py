"""Barcodes on a straightened document: the certificate's number, read without OCR."""

import zxingcpp

from models.geometry import Point, Quad
from models.reading import Barcode
from pipeline.perceive.scene.rectify import Scene


def read_barcodes(scene: Scene) -> tuple[Barcode, ...]:
    """Every barcode whose own checksum is right, in page pixels."""
    found = zxingcpp.read_barcodes(scene.picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128]))
    return tuple(
        Barcode(text=code.text, symbology=code.format.name, quad=_quad(code.position, scene)) for code in found
    )


def _quad(position: zxingcpp.Position, scene: Scene) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return scene.on_page(Quad(*(Point(corner.x, corner.y) for corner in corners)))
