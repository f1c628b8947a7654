"""Téléversement borné : au-delà de la borne, la suite du fichier est reçue puis jetée, jamais gardée.

`DATA_UPLOAD_MAX_MEMORY_SIZE` de Django ne limite pas les fichiers (conception « sécurité » §4). Le fichier tronqué
dépasse encore la borne du lecteur (5 Mo), qui le refuse avec sa phrase : la page répond, le formulaire est lu.
"""

from __future__ import annotations

from django.core.files.uploadhandler import TemporaryFileUploadHandler

GARDE_AU_PLUS = 6 * 2**20


class TeleversementBorne(TemporaryFileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < GARDE_AU_PLUS:
            super().receive_data_chunk(raw_data, start)
