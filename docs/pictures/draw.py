"""Draws what stands on standard input, with its colours, as docs/pictures/NAME-light.svg and -dark.svg.

For make.sh. rich draws; its window frame and its fonts from the network are left out.
"""

import io
import re
import sys

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.segment import Segment
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FONTS = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'
WIDTH = 90


def colour(code):
    return tuple(bytes.fromhex(code))


def theme(background, foreground, *colours):
    """Black, red, green, yellow, blue, magenta, cyan, white; bright ones are the same."""
    return TerminalTheme(colour(background), colour(foreground), [colour(code) for code in colours])


THEMES = {
    "light": theme("f6f8fa", "1f2328", "1f2328", "b3202a", "116329", "7d4e00", "0550ae", "8250df", "1b6f76", "59636e"),
    "dark": theme("151b23", "e6edf3", "484f58", "ff7b72", "3fb950", "e3b341", "79c0ff", "d2a8ff", "56d4dd", "b1bac4"),
}


def template():
    """rich's own, without fonts from elsewhere and without a title."""
    text = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    text = text.replace("Fira Code, monospace", FONTS)
    return re.sub(r"\.\{unique_id\}-title \{\{.*?\}\}", "", text, flags=re.DOTALL)


# Spaces apart, since not every renderer keeps those that a piece begins with, and so that what follows them is put in
# its column whatever the font; a letter with its combining marks apart, since rich takes the number of characters for
# the width of a piece.
PIECES = re.compile("(^ +| {2,}|.[\u0300-\u036f]+)")


class Output:
    """Lines in colour, and an empty one, which rich needs at the bottom."""

    def __init__(self, text):
        self.lines = Text.from_ansi(text.rstrip("\n")).split("\n", allow_blank=True)

    def __rich_console__(self, console, _options):
        for line in self.lines:
            for segment in line.render(console, end=""):
                for piece in filter(None, PIECES.split(segment.text)):
                    yield Segment(piece, segment.style)
            yield Segment.line()
        yield Segment.line()


def main(name):
    output = Output(sys.stdin.read())
    for kind, colours in THEMES.items():
        console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
        console.print(output)
        drawing = console.export_svg(
            title="", theme=colours, code_format=template(), font_aspect_ratio=0.602, unique_id=f"{name}-{kind}"
        )
        lines = (line.strip() for line in drawing.splitlines())
        with open(f"docs/pictures/{name}-{kind}.svg", "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(line for line in lines if line) + "\n")


main(sys.argv[1])
