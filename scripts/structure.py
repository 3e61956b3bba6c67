"""Count how the package is laid out: ``python scripts/structure.py``, ``--floors`` names the rooms of each floor.

``--draw`` draws the rooms of the whole package, and of the chat, into docs/architecture.md.

A room is a module or a folder. An arrow joins two rooms of one folder where anything in the first imports anything in the
second, also inside a function or for type checking only. A folder's own ``__init__`` is no room of it. A circle is a set of
rooms that all reach each other. Rooms on a floor have arrows to lower floors only, but for those of a circle, which share one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
# What is drawn stands between two lines that name the folder.
DRAWN = re.compile(r"(<!-- drawn: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
Arrows = Mapping[str, frozenset[str]]


def imports_of(package: str, folder: Path = ROOT) -> grimp.ImportGraph:
    """Return who imports whom in a package that lies in ``folder``; not for one that is loaded from elsewhere already."""
    if not (folder / package).is_dir():
        raise SystemExit(f"{folder} holds no package {package}")
    sys.path.insert(0, str(folder))
    try:
        return grimp.build_graph(package, cache_dir=None)
    finally:
        sys.path.remove(str(folder))


def between_modules(imports: grimp.ImportGraph) -> Arrows:
    """Return the arrows from module to module."""
    return {module: frozenset(imports.find_modules_directly_imported_by(module)) for module in imports.modules}


def between_rooms(imports: grimp.ImportGraph, folder: str) -> Arrows:
    """Return the arrows between the rooms of one folder."""
    rooms = imports.find_children(folder)
    room_of = {module: room for room in rooms for module in {room, *imports.find_descendants(room)}}
    return {
        room: frozenset(
            room_of[imported]
            for module, at in room_of.items()
            if at == room
            for imported in imports.find_modules_directly_imported_by(module)
            if room_of.get(imported, room) != room
        )
        for room in rooms
    }


def circles(arrows: Arrows) -> list[frozenset[str]]:
    """Return every set of rooms that all reach each other."""
    reached = {room: _reached(arrows, room) for room in arrows}
    found = {frozenset(other for other in reach if room in reached[other]) for room, reach in reached.items()}
    return sorted((circle for circle in found if circle), key=sorted)


def _reached(arrows: Arrows, start: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = arrows[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def floors(arrows: Arrows) -> list[list[str]]:
    """Return the rooms floor by floor, the lowest first; those of a circle share one."""
    together = {room: circle for circle in circles(arrows) for room in circle}
    rest, built = set(arrows), list[list[str]]()
    while rest:
        waiting = {room for room in rest if (arrows[room] - together.get(room, frozenset())) & rest}
        floor = {room for room in rest - waiting if not together.get(room, frozenset()) & waiting}
        built.append(sorted(floor))
        rest -= floor
    return built


def drawing(arrows: Arrows) -> str:
    """Return the rooms and arrows of a folder as a Mermaid chart. An arrow that a longer way replaces is left out."""
    lines = ["flowchart TD"]
    for room in sorted(arrows):
        beyond = {far for near in arrows[room] for far in _reached(arrows, near)}
        lines += [f"  {_short(room)} --> {_short(other)}" for other in sorted(arrows[room] - beyond)]
    return "\n".join(lines)


def _short(room: str) -> str:
    return room.rpartition(".")[2].strip("_")


def drawn(page: str, imports: grimp.ImportGraph) -> str:
    """Return a page with every drawing on it made anew."""
    return DRAWN.sub(lambda found: f"{found[1]}```mermaid\n{drawing(between_rooms(imports, found[2]))}\n```\n{found[3]}", page)


def main() -> None:
    parser = argparse.ArgumentParser(description="Count rooms, floors, arrows and circles of the package.")
    parser.add_argument("checkout", nargs="?", type=Path, default=ROOT, help="the checkout to count")
    parser.add_argument("--floors", action="store_true", help="name the rooms of each floor")
    parser.add_argument("--draw", action="store_true", help="draw the picture in docs/architecture.md anew")
    chosen = parser.parse_args()
    imports = imports_of("tgtp", chosen.checkout.resolve())
    if chosen.draw:
        PAGE.write_text(drawn(PAGE.read_text("utf-8"), imports), "utf-8")
    print(f"{'folder':<36} rooms floors arrows circles")
    for folder in sorted(module for module in imports.modules if imports.find_children(module)):
        arrows = between_rooms(imports, folder)
        built = floors(arrows)
        count = sum(map(len, arrows.values()))
        print(f"{folder:<36} {len(arrows):>5} {len(built):>6} {count:>6} {len(circles(arrows)):>7}")
        if chosen.floors:
            for number in range(len(built), 0, -1):
                print(f"  {number:>2}  {', '.join(room.rpartition('.')[2] for room in built[number - 1])}")
    everything = between_modules(imports)
    print(f"{len(everything)} modules, {len(circles(everything))} circles of modules")


if __name__ == "__main__":
    main()
