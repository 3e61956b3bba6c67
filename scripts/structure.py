"""Count how the package is laid out: ``python scripts/structure.py``, ``--floors`` names the rooms of each floor.

A room is a module or a folder. An arrow joins two rooms of one folder where anything in the first imports anything in the
second, also inside a function or for type checking only. Rooms on a floor have arrows to lower floors only. A circle is a set
of rooms that all reach each other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
Arrows = Mapping[str, frozenset[str]]


def imports_of(package: str, folder: Path = ROOT) -> grimp.ImportGraph:
    """Return who imports whom in a package that lies in ``folder``."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description="Count rooms, floors, arrows and circles of the package.")
    parser.add_argument("checkout", nargs="?", type=Path, default=ROOT, help="another checkout, to compare")
    parser.add_argument("--floors", action="store_true", help="name the rooms of each floor")
    chosen = parser.parse_args()
    imports = imports_of("tgtp", chosen.checkout.resolve())
    print(f"{'folder':<36} rooms floors arrows circles")
    for folder in sorted(module for module in imports.modules if imports.find_children(module)):
        arrows = between_rooms(imports, folder)
        counts = (len(arrows), len(floors(arrows)), sum(map(len, arrows.values())), len(circles(arrows)))
        print(f"{folder:<36} {counts[0]:>5} {counts[1]:>6} {counts[2]:>6} {counts[3]:>7}")
        for number, floor in reversed(list(enumerate(floors(arrows), 1)) if chosen.floors else []):
            print(f"  {number:>2}  {', '.join(room.rpartition('.')[2] for room in floor)}")
    everything = between_modules(imports)
    print(f"{len(everything)} modules, {len(circles(everything))} circles of modules")


if __name__ == "__main__":
    main()
