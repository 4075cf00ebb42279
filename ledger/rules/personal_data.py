"""No personal data in what anyone may read, in ``data`` or in texts that may be withdrawn. Sealed values are exempt."""

from ledger.domain.drafting import disclosed_fields
from ledger.domain.personal_data import check_personal_data
from ledger.domain.texts import texts_in_data, texts_in_free
from ledger.rules.candidate import Candidate
from ledger.rules.state import State


def check(state: State, candidate: Candidate) -> None:
    """Raises PersonalDataError. A replay asks it of ``data`` alone."""
    subject = type(candidate.subject(state))
    check_personal_data(texts_in_data(type(candidate.event), candidate.payload.data, subject))
    if candidate.withdrawable:
        values = disclosed_fields([(item.name or "", item.value) for item in candidate.withdrawable])
        check_personal_data(texts_in_free(subject, values, "/disclosures"))
