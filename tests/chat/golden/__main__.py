"""Write every golden file anew, and take away those that no view has any more."""

from __future__ import annotations

from tests.chat.golden.pages import FOLDER, NAMES, page, path_of
from tgtp.chat.texts import LANGUAGES

if __name__ == "__main__":
    wanted = {path_of(name, language): page(name, language) for name in NAMES for language in LANGUAGES}
    for path in set(FOLDER.glob("*.txt")) - wanted.keys():
        path.unlink()
        print(f"- {path.name}")
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"+ {path.name}")
