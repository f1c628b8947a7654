"""D’un jour à un instant, quand un fichier ne dit que le jour."""

from __future__ import annotations

import datetime

from django.utils import timezone

MIDI = datetime.time(12)


def a_midi(jour: datetime.date) -> datetime.datetime:
    """Midi, heure de Paris : la date reste la même dans tous les fuseaux français."""
    return datetime.datetime.combine(jour, MIDI, tzinfo=timezone.get_default_timezone())
