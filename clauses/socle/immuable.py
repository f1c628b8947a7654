"""Déclencheurs qui refusent toute modification d’une table en ajout seul (journal, grand livre), sur les deux bases.

La suppression reste possible : la conservation limitée du journal l’exige.
"""

from __future__ import annotations

from typing import Any


def interdire_modification(table: str, phrase: str) -> tuple[Any, Any]:
    """Rend (poser, retirer), deux fonctions de migration ; `table` et `phrase` viennent du code, pas d’une saisie."""

    def poser(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_immuable BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{phrase}'); END"
            )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {table}_immuable() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{phrase}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_immuable BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_immuable()"
        )

    def retirer(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immuable")
            return
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immuable ON {table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_immuable()")

    return poser, retirer
