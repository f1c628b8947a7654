"""Écrans de l’import DECP : téléverser, choisir, importer ; cloisonnement entre personnes et structures."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entreprises.models import Entreprise
from marches.imports.decp import apercu as module_apercu
from marches.models import Acheteur, Marche
from tests.factories import AcheteurFactory, MarcheFactory, RattachementFactory, StructureFactory, siret
from tests.marches.decp import ACHETEUR, TITULAIRE, contrat, fichier

URL = "/marches/import-decp/"


@pytest.fixture
def rattachement():
    return RattachementFactory(structure=StructureFactory())


@pytest.fixture
def connecte(client, rattachement):
    client.force_login(rattachement.utilisateur)
    return client


def televerser(client, octets, nom="essai.json", **options):
    recu = SimpleUploadedFile(nom, octets, content_type="application/json")
    return client.post(reverse("marches:decp"), {"fichier": recu}, **options)


def deposer(client, *contrats):
    """Téléverse et rend l’adresse de l’aperçu."""
    reponse = televerser(client, fichier(*contrats))
    assert reponse.status_code == 302
    return reponse.url


def importer(client, adresse, donnees):
    """Confirme l’aperçu et reçoit toute la page : l’import avance pendant qu’elle s’envoie."""
    reponse = client.post(adresse, donnees)
    return re.sub(r"\s+", " ", contenu(reponse))


def texte(reponse):
    return re.sub(r"\s+", " ", contenu(reponse))


def contenu(reponse):
    """Le HTML, d’un trait ou au fil de l’import."""
    return (b"".join(reponse.streaming_content) if reponse.streaming else reponse.content).decode()


def test_televerser_choisir_et_importer_deux_contrats(connecte):
    sans = contrat(id="sans", considerationsSociales=["Pas de considération sociale"])
    adresse = deposer(connecte, contrat(id="un"), contrat(id="deux"), sans, contrat(id="refus", acheteur={"id": "1"}))
    assert not Marche.objects.exists()
    apercu = connecte.get(adresse)
    assert apercu.status_code == 200
    assert apercu.context["form"].cochees == {1, 2}
    page = texte(apercu)
    assert 'Acheteurs à nommer (<span class="decp-combien">1</span>)' in page
    assert "L’acheteur ne peut pas être reconnu" in page
    noms = {f"nom-{ACHETEUR}": "Ville d’Arras", f"nom-{TITULAIRE}": "Bâtir SARL"}
    resultat = importer(connecte, adresse, {"choix": ["1", "3"], **noms})
    assert sorted(Marche.objects.values_list("reference", flat=True)) == ["sans", "un"]
    assert Acheteur.objects.get().nom == "Ville d’Arras"
    assert Entreprise.objects.get().raison_sociale == "Bâtir SARL"
    for marche in Marche.objects.all():
        assert marche.get_absolute_url() in resultat
    assert "2 marchés importés" in resultat


def test_confirmer_deux_fois_ne_cree_rien_la_seconde(connecte):
    adresse = deposer(connecte, contrat(id="un"), contrat(id="deux"))
    importer(connecte, adresse, {"choix": ["1"]})
    avant = Marche.objects.get()
    assert "Aucun marché importé" in importer(connecte, adresse, {"choix": ["1"]})
    assert Marche.objects.get() == avant


def test_l_apercu_montre_ce_qui_est_deja_la_et_ce_qui_differe(connecte, rattachement):
    adresse = deposer(connecte, contrat(id="un"))
    importer(connecte, adresse, {"choix": ["1"]})
    adresse = deposer(connecte, contrat(id="un"), contrat(id="un", montant=5))
    page = connecte.get(adresse)
    situations = [str(ligne.situation.label) for ligne in page.context["page"]]
    assert situations == ["Déjà là", "Différent"]
    assert "montant HT" in texte(page)
    assert 'name="choix"' not in texte(page)


def test_rien_de_coche_se_dit_et_n_importe_rien(connecte):
    adresse = deposer(connecte, contrat())
    reponse = connecte.post(adresse, {})
    assert "Cocher au moins un contrat." in texte(reponse)
    assert not Marche.objects.exists()


def test_un_choix_forge_est_refuse(connecte):
    adresse = deposer(connecte, contrat(), contrat(id="refus", acheteur={"id": "1"}))
    for rang in ("2", "9", "abc", "-1", "1" * 40):
        assert connecte.post(adresse, {"choix": ["1", rang]}).context["form"].errors
    assert not Marche.objects.exists()


def test_un_nom_interdit_est_refuse_et_la_saisie_reste(connecte):
    adresse = deposer(connecte, contrat(), contrat(id="deux"))
    reponse = connecte.post(adresse, {"choix": ["2"], f"nom-{ACHETEUR}": "Ville\u202eécilop"})
    assert "caractère invisible interdit" in texte(reponse)
    assert reponse.context["form"].cochees == {2}
    assert not Marche.objects.exists()


def test_un_doublon_du_fichier_n_est_coche_qu_une_fois(connecte):
    apercu = connecte.get(deposer(connecte, contrat(), contrat()))
    assert apercu.context["form"].cochees == {1}
    assert "même acheteur et même identifiant" in texte(apercu)


def test_la_recherche_sans_script_ne_montre_que_ce_qui_repond(connecte):
    adresse = deposer(connecte, contrat(id="un", objet="École Pasteur"), contrat(id="deux", objet="Voirie"))
    page = connecte.get(adresse, {"q": "ECOLE past"})
    assert [ligne.contrat.identifiant for ligne in page.context["page"]] == ["un"]
    assert "Aucun contrat ne répond" in texte(connecte.get(adresse, {"q": "rien"}))


def test_au_dela_d_une_page_chaque_page_s_importe_a_part(connecte, monkeypatch):
    monkeypatch.setattr(module_apercu, "PAR_PAGE", 2)
    adresse = deposer(connecte, *(contrat(id=str(rang)) for rang in range(5)))
    assert "page 2 sur 3" in texte(connecte.get(adresse, {"page": "2"}))
    importer(connecte, f"{adresse}?page=2", {"choix": ["3", "4"]})
    assert sorted(Marche.objects.values_list("reference", flat=True)) == ["2", "3"]


def test_le_nombre_de_champs_reste_sous_la_borne_de_django(connecte, settings):
    contrats = [
        contrat(
            id=str(rang),
            acheteur={"id": siret(1000 + rang, "2")},
            titulaires=[{"id": siret(10 * rang + autre)} for autre in range(7)],
        )
        for rang in range(300)
    ]
    apercu = connecte.get(deposer(connecte, *contrats))
    formulaire = apercu.context["form"]
    champs = 1 + len(formulaire.cochees) + len(formulaire.acheteurs) + len(formulaire.entreprises)
    assert (len(formulaire.cochees), len(formulaire.acheteurs)) == (300, 300)
    assert champs <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "Ce fichier est vide"),
        (b"{", "n’est pas un JSON lisible"),
        (b"\x89PNG\r\n", "n’est ni le JSON, ni le XML"),
        (b"<xml/>", "n’a pas « marches » pour racine"),
        (b'{"marches": []}' + b" " * (6 * 2**20), "dépasse 5 Mo"),
    ],
)
def test_un_mauvais_fichier_est_refuse_d_une_phrase(connecte, octets, phrase):
    reponse = televerser(connecte, octets)
    assert reponse.status_code == 200
    assert phrase in texte(reponse)


def test_sans_fichier_la_page_le_demande(connecte):
    assert "Choisir un fichier." in texte(connecte.post(reverse("marches:decp"), {}))


def test_un_apercu_perime_ramene_au_televersement(connecte):
    adresse = deposer(connecte, contrat())
    cache.clear()
    for reponse in (connecte.get(adresse, follow=True), connecte.post(adresse, {"choix": ["1"]}, follow=True)):
        assert reponse.redirect_chain == [(URL, 302)]
        assert "Cet aperçu n’est plus disponible" in texte(reponse)
    assert not Marche.objects.exists()


def test_un_nouveau_depot_chasse_le_precedent_de_la_meme_personne(connecte):
    premier = deposer(connecte, contrat())
    second = deposer(connecte, contrat(id="2"))
    assert connecte.get(premier).status_code == 302
    assert connecte.get(second).status_code == 200


def test_l_apercu_d_un_autre_utilisateur_n_existe_pas(connecte, rattachement):
    adresse = deposer(connecte, contrat())
    collegue = RattachementFactory(structure=rattachement.structure)
    ailleurs = RattachementFactory()
    for autre in (collegue, ailleurs):
        connecte.force_login(autre.utilisateur)
        assert connecte.get(adresse).status_code == 404
        assert connecte.post(adresse, {"choix": ["1"]}).status_code == 404
    assert not Marche.objects.exists()


def test_le_marche_d_une_autre_structure_n_apparait_pas_dans_l_apercu(connecte):
    MarcheFactory(acheteur__siret=ACHETEUR, acheteur__nom="Ville", reference="2024-01", objet="Ailleurs secret")
    apercu = connecte.get(deposer(connecte, contrat()))
    assert [str(ligne.situation) for ligne in apercu.context["page"]] == ["NOUVEAU"]
    assert "Ailleurs secret" not in texte(apercu)


@pytest.mark.parametrize("role", ["lecteur", "pour_acheteur", "pour_entreprise", "financeur"])
def test_qui_n_a_pas_le_droit_d_importer_est_arrete(client, role):
    client.force_login(RattachementFactory(**{role: True}).utilisateur)
    assert client.get(URL).status_code == 403
    assert televerser(client, fichier(contrat())).status_code == 403
    assert client.get(f"{URL}jeton/").status_code == 403
    assert client.post(f"{URL}jeton/", {"choix": ["1"]}).status_code == 403


def test_le_contenu_du_fichier_est_echappe(connecte):
    AcheteurFactory(siret=ACHETEUR, nom="<b>Ville</b>")
    adresse = deposer(connecte, contrat(objet="<script>alert(1)</script>"))
    page = connecte.get(adresse).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>Ville" not in contenu(connecte.post(adresse, {"choix": ["1"]}))


def test_255_contrats_reels_tiennent_sur_une_page_et_deux_s_importent(connecte, donnees):
    octets = (donnees / "decp" / "decp2019_pas_de_calais.json").read_bytes()
    adresse = televerser(connecte, octets).url
    apercu = connecte.get(adresse)
    assert len(apercu.context["page"]) == 255
    assert apercu.context["form"].cochees == set()
    propose = {champ.label: champ.value() for champ in apercu.context["form"].acheteurs}
    assert propose["SIRET 20003357900018"] == ""
    assert "\ufffd" in propose["SIRET 24620036400080"]
    assert "2 marchés importés" in importer(connecte, adresse, {"choix": ["1", "2"]})
    assert Marche.objects.count() == 2


@pytest.mark.parametrize(
    ("nom", "contrats", "importes"),
    [
        ("decp2022_quotidien_1.json", 137, 14),
        ("exemple_officiel_marche.xml", 2, 1),
        ("exemple_officiel_modifications.json", 2, 1),
        ("plat_b_2022.csv", 9, 1),
    ],
)
def test_chaque_forme_reelle_se_televerse_et_s_importe(connecte, donnees, nom, contrats, importes):
    adresse = televerser(connecte, (donnees / "decp" / nom).read_bytes(), nom=nom).url
    form = connecte.get(adresse).context["form"]
    assert len(form.page.page) == contrats
    pluriel = "s" if importes > 1 else ""
    page = importer(connecte, adresse, {"choix": sorted(form.cochees)})
    assert f"{importes} marché{pluriel} importé{pluriel}" in page
    assert f"{contrats} contrats lus" in page
    assert Marche.objects.count() == importes


@pytest.mark.parametrize(("nom", "contrats"), [("exemple_officiel_v1.5.xml", 4), ("tabulaire_c_2024.csv", 104)])
def test_une_forme_sans_considerations_se_televerse_et_laisse_choisir(connecte, donnees, nom, contrats):
    adresse = televerser(connecte, (donnees / "decp" / nom).read_bytes(), nom=nom).url
    form = connecte.get(adresse).context["form"]
    assert (len(form.page.page), form.cochees) == (contrats, set())
    assert "1 marché importé" in importer(connecte, adresse, {"choix": ["1"]})


def test_une_mise_a_jour_se_coche_d_avance_et_se_montre_champ_par_champ(connecte):
    adresse = deposer(connecte, contrat(id="un"))
    importer(connecte, adresse, {"choix": ["1"]})
    adresse = deposer(connecte, contrat(id="un", montant=55000, dureeMois=18))
    page = connecte.get(adresse)
    assert page.context["form"].cochees == {1}
    assert "À mettre à jour" in texte(page)
    fait = importer(connecte, adresse, {"choix": ["1"]})
    assert "Mis à jour d’après la source" in fait
    assert "55 000 €" in fait
    assert str(Marche.objects.get().montant_ht) == "55000.00"


def test_une_mise_a_jour_decochee_ne_se_fait_pas(connecte):
    importer(connecte, deposer(connecte, contrat(id="un")), {"choix": ["1"]})
    adresse = deposer(connecte, contrat(id="un", montant=55000), contrat(id="deux"))
    importer(connecte, adresse, {"choix": ["2"]})
    assert str(Marche.objects.get(reference="un").montant_ht) == "40000.00"
    assert Marche.objects.count() == 2
