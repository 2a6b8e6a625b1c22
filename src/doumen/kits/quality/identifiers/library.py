"""Schemes of the library python-stdnum, by the names of its modules: `stdnum:eu.vat`.

The library judges each value in Python, so they cost more than the schemes in SQL. It takes the
blanks and hyphens that people print, which the schemes in SQL do not.
"""

from __future__ import annotations

from collections.abc import Callable

from doumen.kits.quality.library import loaded
from doumen.model.errors import Invalid
from doumen.model.message import msg

PREFIX = "stdnum:"
_LISTED = """
    ad.nrt al.nipt ar.cbu ar.cuit ar.dni at.businessid at.postleitzahl at.tin at.uid at.vnr au.abn
    au.acn au.tfn az.voen be.bis be.eid be.iban be.nn be.ogm_vcs be.ssn be.vat bg.egn bg.pnf
    bg.vat bic bitcoin br.cnpj br.cpf by.unp ca.bc_phn ca.bn ca.sin casrn cfi ch.esr ch.ssn ch.uid
    ch.vat cl.rut cn.ric cn.uscc co.nit cr.cpf cr.cpj cr.cr cu.ni cusip cy.vat cz.bankaccount
    cz.dic cz.rc damm de.handelsregisternummer de.idnr de.leitweg de.stnr de.vat de.wkn dk.cpr
    dk.cvr do.cedula do.ncf do.rnc dz.nif ean ec.ci ec.ruc ee.ik ee.kmkr ee.registrikood eg.tn
    es.cae es.ccc es.cif es.cups es.dni es.iban es.nie es.nif es.postal_code
    es.referenciacatastral eu.at_02 eu.banknote eu.ecnumber eu.eic eu.excise eu.nace eu.oss eu.vat
    fi.alv fi.associationid fi.hetu fi.veronumero fi.ytunnus figi fo.vn fr.accise fr.nif fr.nir
    fr.rcs fr.siren fr.siret fr.tva gb.nhs gb.sedol gb.upn gb.utr gb.vat gh.tin gn.nifp gr.amka
    gr.vat grid gs1_128 gt.nit hr.oib hu.anum iban id.nik id.npwp ie.pps ie.vat il.hp il.idnr imei
    imo imsi in_.aadhaar in_.epic in_.gstin in_.pan in_.vid is_.kennitala is_.vsk isan isbn isil
    isin ismn isni iso11649 iso6346 iso7064.mod_11_10 iso7064.mod_11_2 iso7064.mod_37_2
    iso7064.mod_37_36 iso7064.mod_97_10 isrc issn it.aic it.codicefiscale it.iva jp.cn jp.in_
    ke.pin kr.brn kr.rrn lei li.peid lt.asmens lt.pvm lu.tva luhn lv.pvn ma.ice mac mc.tva md.idno
    me.iban me.pib meid mk.edb mt.vat mu.nid mx.curp mx.rfc my.nric mz.nuit nl.brin nl.bsn nl.btw
    nl.identiteitskaartnummer nl.onderwijsnummer nl.postcode no.fodselsnummer no.iban no.kontonr
    no.mva no.orgnr nz.bankaccount nz.ird pe.cui pe.ruc pk.cnic pl.nip pl.pesel pl.regon pt.cc
    pt.nif py.ruc ro.cf ro.cnp ro.cui ro.onrc rs.pib ru.inn ru.ogrn se.orgnr se.personnummer
    se.postnummer se.vat sg.uen si.ddv si.emso si.maticna sk.dph sk.rc sm.coe sn.ninea sv.nit
    th.moa th.pin th.tin tn.mf tr.tckimlik tr.vkn tw.ubn ua.edrpou ua.rntrc us.atin us.ein us.itin
    us.ptin us.rtn us.ssn us.tin uy.rut vatin ve.rif verhoeff vn.mst za.idnr za.tin
"""
MODULES = frozenset(_LISTED.split())
"""Modules of release 2.2 that judge a number."""


def judge(module: str) -> Callable[[str], bool]:
    """What says whether a text is a number of a module's scheme; it never raises.

    Raises:
        Invalid: there is no such module.
        Unavailable: the library is not installed.
    """
    if module not in MODULES:
        raise Invalid(
            msg("python-stdnum has no module `{module}` for numbers.", module=module),
            next=msg("See docs/quality-checks.md for those it has."),
            detail="scheme",
        )
    is_valid: Callable[[str], bool] = loaded(f"stdnum.{module}", "python-stdnum").is_valid

    def accepts(text: str) -> bool:
        try:
            return bool(is_valid(text))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return False  # a module that stumbles over a text does not know it for a number

    return accepts
