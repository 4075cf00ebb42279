"""What a picture may be as evidence: its largest size, and the sentences that refuse more than pixels, or less.

    image/jpeg   jpeg.py        image/png   png.py        image/webp   webp.py

Each of these reads its container strictly and tells width and height before anything is unpacked; ``photograph``
asks them and then sees the pixels.
"""

from ledger.errors import InvalidFieldError

MAX_SIDE = 1600
MAX_BYTES = 4 * 1024 * 1024
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
MEDIA_TYPES = (JPEG, PNG, WEBP)
PDF_REFUSED_ZH = (
    "不收PDF：里面会带着作者、单位和修改记录。请把各页拍成照片或转成图片，再用 yangguang record --photo 提交。"
)
PDF_REFUSED = (
    "PDF is not taken: it carries authors, employers and edits. Photograph the pages or convert them to pictures,"
    " then send those with yangguang record --photo."
)


def metadata(zh: str, en: str) -> InvalidFieldError:
    """The refusal of a file that carries more than pixels."""
    return InvalidFieldError(
        f"图片里还有{zh}，不收。请交只留下像素的副本：yangguang record --photo 会由原图制作。",
        f"The picture carries {en} and is not taken. Send its pixels alone, as yangguang record --photo makes them.",
    )


def broken(zh: str, en: str) -> InvalidFieldError:
    """The refusal of a file that is not whole."""
    return InvalidFieldError(f"图片不完整：{zh}。请由原图重新制作。", f"The picture is not whole: {en}. Make it again.")


def check_size(width: int, height: int) -> tuple[int, int]:
    """Width and height, each 1 to 1600. Raises InvalidFieldError before anything is unpacked."""
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise InvalidFieldError(
            f"图片是{width}×{height}像素，长边不能超过{MAX_SIDE}。yangguang record --photo 会自动缩小。",
            f"The picture is {width} x {height} pixels; its longer side may have at most {MAX_SIDE}."
            " yangguang record --photo scales it down.",
        )
    return width, height
