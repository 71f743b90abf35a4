"""Types of pictures. OpenCV's stubs promise no more than MatLike."""

from typing import TypeAlias

from cv2.typing import MatLike

Rgb: TypeAlias = MatLike  # bytes of red, green, blue; shape (height, width, 3)
Grey: TypeAlias = MatLike  # grey levels 0-255; shape (height, width)
