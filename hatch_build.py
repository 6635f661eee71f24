"""Build hook: compile the translations, for editable installs too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALES = Path("crm_tui", "locale")


def compile_translations(root: Path) -> list[Path]:
    """Write the `.mo` beside each `.po` under `root`; a broken `.po` stops the build."""
    written = []
    for source in sorted((root / LOCALES).rglob("*.po")):
        with source.open("rb") as lines:
            catalog = read_po(lines, abort_invalid=True)
        target = source.with_suffix(".mo")
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as out:
            write_mo(out, catalog)
        fresh.replace(target)  # a program that is starting never reads half a file
        written.append(target)
    return written


class TranslationsHook(BuildHookInterface[Any]):
    """Compiles before anything is collected into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Hatchling calls this for `standard` and `editable` builds alike."""
        compile_translations(Path(self.root))


if __name__ == "__main__":
    compile_translations(Path(__file__).parent)
