"""Déclencheurs qui refusent de modifier une table en ajout seul (journal, grand livre), sur les deux bases.

La suppression reste possible : la conservation limitée du journal l’exige.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def interdire_modification(table: str, phrase: str, colonnes: Sequence[str] = ()) -> tuple[Any, Any]:
    """Rend (poser, retirer), deux fonctions de migration ; tout vient du code, rien d’une saisie.

    `colonnes` : les seules que l’on fige ; sans elles, la ligne entière.
    """
    quand = f"BEFORE UPDATE OF {', '.join(colonnes)}" if colonnes else "BEFORE UPDATE"

    def poser(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_immuable {quand} ON {table} BEGIN SELECT RAISE(ABORT, '{phrase}'); END"
            )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {table}_immuable() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{phrase}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_immuable {quand} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_immuable()"
        )

    def retirer(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immuable")
            return
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immuable ON {table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_immuable()")

    return poser, retirer
