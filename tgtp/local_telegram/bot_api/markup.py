"""What Telegram makes of a text and a keyboard: plain text, entities in UTF-16 units, and refusals in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

MAX_ENTITIES = 100
MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-time": "date_time",
}
# Outer before inner when two entities cover the same text.
_RANK = ["blockquote", "expandable_blockquote", "pre", "code", "text_link", "date_time"]
_QUOTES = {"blockquote", "expandable_blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_PLAIN_RUN = re.compile(r"[^<&]+")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_BARE_VALUE = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_LINK = re.compile(r"(?:https?|tg|ftp)://\S+|mailto:\S+", re.IGNORECASE)
# A button leads to no host without a dot: http://localhost:8080 is refused.
_BUTTON_LINK = re.compile(r"https?://[^\s/?#]*\.[^\s/?#]+\S*|tg://\S+", re.IGNORECASE)
_COMMAND = re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/<>])")
_URL = re.compile(r"https?://[^\s<>\"'，。）]+[^\s<>\"'.,;:!?)\]，。）]")
# Telegram turns control characters into spaces (tabs too) and drops carriage returns and direction marks.
_CLEAN = {code: " " for code in range(32) if code != 10} | {13: None} | dict.fromkeys(range(0x2028, 0x202F))


class MarkupError(ValueError):
    """Telegram would refuse this text or keyboard; the words are Telegram's, without "Bad Request: "."""


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, the unit of every offset and limit of the Bot API."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Drop what Telegram drops before it looks at a text; half a surrogate pair becomes a question mark."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_CLEAN)


def plain_text(text: str) -> tuple[str, list[Entity]]:
    """Read a text that was sent without a parse mode."""
    return _finish(clean(text), [])


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Read Telegram's HTML; ``MarkupError`` where Telegram would refuse it."""
    parser = _Parser(clean(html))
    parser.run()
    return _finish("".join(parser.out), parser.entities)


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    html: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> None:
        while self.at < len(self.html):
            if run := _PLAIN_RUN.match(self.html, self.at):
                self.at = run.end()
                self._write(run.group())
            elif self.html[self.at] == "&":
                self._reference()
            elif self.html.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.stack:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16_length(text)

    def _reference(self) -> None:
        match = _REFERENCE.match(self.html, self.at)
        text = "&"
        if match:
            decimal, hexadecimal, name = match.groups()
            text = _NAMED[name] if name else _character(int(decimal) if decimal else int(hexadecimal, 16))
        # An ampersand that opens nothing Telegram knows stays an ampersand.
        self.at = match.end() if match and text else self.at + 1
        self._write(text or "&")

    def _start_tag(self) -> None:
        begin = self.at
        tag = self._take(_TAG_NAME, begin + 1).lower()
        if tag not in _TAGS and self.at < len(self.html):
            raise self._wrong(f'Unsupported start tag "{tag}"', begin)
        attributes: dict[str, str] = {}
        while True:
            self._take(_SPACE, self.at)
            if self.at >= len(self.html):
                raise self._wrong("Unclosed start tag", begin)
            if self.html[self.at] == ">":
                self.at += 1
                break
            name, value = self._attribute(tag, begin)
            attributes[name] = value
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-time" and not (
            re.fullmatch(r"\d{1,12}", attributes.get("unix", "")) and _TIME_FORMAT.fullmatch(attributes.get("format", ""))
        ):
            raise self._wrong("Invalid date-time entity", begin)
        self.stack.append(_Open(tag, self.length, attributes))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._take(_ATTRIBUTE_NAME, self.at).lower()
        if not name:
            raise self._wrong(f'Empty attribute name in the tag "{tag}"', begin)
        self._take(_SPACE, self.at)
        if not self.html.startswith("=", self.at):
            if tag == "blockquote":
                return name, ""
            raise self._wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self._take(_SPACE, self.at + 1)
        quote = self.html[self.at : self.at + 1]
        if quote and quote in "\"'":
            end = self.html.find(quote, self.at + 1)
            if end < 0:
                raise self._wrong("Unclosed start tag", begin)
            raw, self.at = self.html[self.at + 1 : end], end + 1
        else:
            raw = self._take(_BARE_VALUE, self.at)
        return name, _REFERENCE.sub(_referenced, raw)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.stack:
            raise self._wrong("Unexpected end tag", begin)
        name = self._take(_TAG_NAME, begin + 2).lower()
        self._take(_SPACE, self.at)
        if not self.html.startswith(">", self.at):
            raise self._wrong("Unclosed end tag", begin)
        self.at += 1
        opened = self.stack.pop()
        # "</>" closes whatever is open: Telegram's own shorthand.
        if name and name != opened.tag:
            end = len(self.html[:begin].encode())
            expected = f'expected "</{opened.tag}>", found "</{name}>"'
            raise _unparsable(f"Unmatched end tag at byte offset {end}, {expected}")
        if entity := self._entity(opened):
            self.entities.append(entity)

    def _entity(self, opened: _Open) -> Entity | None:
        entity: Entity = {"type": _TAGS[opened.tag], "offset": opened.start, "length": self.length - opened.start}
        attributes = opened.attributes
        if opened.tag == "a":
            raw = "".join(self.out).encode("utf-16-le")
            url = attributes.get("href") or raw[opened.start * 2 :].decode("utf-16-le")
            url = url if ":" in url.split("/")[0] else f"http://{url}"
            if not _LINK.fullmatch(url):
                return None
            entity["url"] = url
        elif opened.tag == "code" and attributes.get("class", "").startswith("language-"):
            entity["language"] = attributes["class"].removeprefix("language-")
        elif opened.tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "tg-time":
            entity["unix_time"] = int(attributes["unix"])
            if attributes.get("format"):
                entity["date_time_format"] = attributes["format"]
        return entity

    def _take(self, pattern: re.Pattern[str], at: int) -> str:
        match = pattern.match(self.html, at)
        taken = match.group() if match else ""
        self.at = at + len(taken)
        return taken

    def _wrong(self, what: str, at: int) -> MarkupError:
        return _unparsable(f"{what} at byte offset {len(self.html[:at].encode())}")


def _unparsable(why: str) -> MarkupError:
    return MarkupError(f"can't parse entities: {why}")


def _character(code: int) -> str:
    return "" if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _referenced(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else _character(int(decimal) if decimal else int(hexadecimal, 16)) or match.group()


def _finish(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    first = min((entity["offset"] for entity in entities if entity["length"]), default=len(text))
    lead = min(len(text) - len(text.lstrip()), first)
    text = text[lead:].rstrip()
    end = utf16_length(text)
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"], _rank(e["type"]))):
        start = entity["offset"] - lead
        stop = min(start + entity["length"], end)
        placed = entity | {"offset": start, "length": stop - start}
        if stop > start and _fits(placed, kept):
            kept.append(placed)
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    kept += [found for found in _recognised(text) if not any(_touches(found, entity) for entity in kept)]
    kept.sort(key=lambda e: (e["offset"], -e["length"], _rank(e["type"])))
    return text, kept[:MAX_ENTITIES]


def _rank(kind: str) -> int:
    return _RANK.index(kind) if kind in _RANK else len(_RANK)


def _fits(entity: Entity, kept: list[Entity]) -> bool:
    for outer in kept:
        if entity["offset"] >= outer["offset"] + outer["length"]:
            continue
        if outer["type"] == "pre" and entity["type"] == "code" and entity["length"] == outer["length"]:
            outer.update({"language": entity["language"]} if "language" in entity else {})
        if outer["type"] in ("pre", "code") or outer["type"] == entity["type"]:
            return False
        if outer["type"] in _QUOTES and entity["type"] in _QUOTES:
            return False
    return True


def _recognised(text: str) -> list[Entity]:
    """Find commands and addresses in the text itself, as Telegram does in every message."""
    return [
        {"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match.group())}
        for kind, pattern in (("bot_command", _COMMAND), ("url", _URL))
        for match in pattern.finditer(text)
    ]


def _touches(found: Entity, entity: Entity) -> bool:
    if entity["type"] not in ("pre", "code", "text_link", "date_time"):
        return False
    return bool(found["offset"] < entity["offset"] + entity["length"] and entity["offset"] < found["offset"] + found["length"])


def inline_keyboard(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """Check an inline keyboard and keep what a message carries; ``None`` when it has no button."""
    if not markup or markup.keys() & {"remove_keyboard", "force_reply"}:
        return None
    if "inline_keyboard" not in markup:
        raise MarkupError("inline keyboard expected")
    rows = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise MarkupError("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def reply_keyboard(markup: dict[str, Any] | None) -> list[list[str]] | None:
    """Check what becomes of the keys below the chat: their words, row by row; none to take them away, None to leave them."""
    if not markup:
        return None
    if markup.get("remove_keyboard"):
        return []
    if "keyboard" not in markup:
        return None
    rows = [[key if isinstance(key, str) else str(key.get("text", "")) for key in row] for row in markup["keyboard"] if row]
    if not rows or not all(word.strip() for row in rows for word in row):
        raise MarkupError("can't parse reply keyboard: a key needs a text")
    return rows


def _button(raw: dict[str, Any]) -> dict[str, Any]:
    if not str(raw.get("text", "")).strip():
        raise MarkupError("can't parse inline keyboard button: Text must be non-empty")
    button: dict[str, Any] = {key: raw[key] for key in ("text", "callback_data", "url", "copy_text", "style") if key in raw}
    actions = button.keys() & {"callback_data", "url", "copy_text"}
    if len(actions) != 1:
        raise MarkupError(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            if not actions
            else "can't parse inline keyboard button: exactly one action must be specified"
        )
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= MAX_CALLBACK_BYTES:
        raise MarkupError("BUTTON_DATA_INVALID")
    if "url" in button and not _BUTTON_LINK.fullmatch(str(button["url"])):
        raise MarkupError(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= utf16_length(str(button["copy_text"].get("text", ""))) <= 256:
        raise MarkupError("BUTTON_COPY_TEXT_INVALID")
    if button.get("style", "primary") not in ("primary", "success", "danger"):
        raise MarkupError("invalid button style specified")
    return button
