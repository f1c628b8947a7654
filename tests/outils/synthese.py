"""Dernière ligne de l’intégration continue : combien de tests ont passé sur chaque base. Rien de joué est un échec."""

from __future__ import annotations

import sys
from collections import Counter
from xml.etree import ElementTree as ET


def compter(rapport: str) -> Counter[str]:
    """Tests d’un rapport JUnit par issue : passés, sautés, échoués, et parcours parmi les passés."""
    compte: Counter[str] = Counter()
    for test in ET.parse(rapport).iter("testcase"):
        issues = {enfant.tag for enfant in test}
        if issues & {"failure", "error"}:
            compte["échoués"] += 1
        elif "skipped" in issues:
            compte["sautés"] += 1
        else:
            compte["passés"] += 1
            compte["parcours"] += test.get("classname", "").startswith("tests.parcours")
    return compte


def main(sqlite: str, postgres: str, secondes: str) -> int:
    sur_sqlite, sur_postgres = compter(sqlite), compter(postgres)
    sautes = sur_sqlite["sautés"] + sur_postgres["sautés"]
    sys.stdout.write(
        f"SQLite : {sur_sqlite['passés']} tests passés dont {sur_sqlite['parcours']} parcours ; "
        f"PostgreSQL : {sur_postgres['passés']} tests passés ; {sautes} sautés ; {secondes} s.\n"
    )
    echoues = sur_sqlite["échoués"] + sur_postgres["échoués"]
    return int(bool(echoues) or not (sur_sqlite["passés"] and sur_postgres["passés"] and sur_sqlite["parcours"]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
