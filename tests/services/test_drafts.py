"""Drafts of one person in two sessions: nothing is written over unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.contacts import ContactForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.errors import DraftGone, DraftTaken
from crm_tui.screens.form_keeping import keeping
from crm_tui.services.drafts import Drafts
from crm_tui.widgets.form_work import Submission
from tests.support.desk import populate

if TYPE_CHECKING:
    from tests.support.people import Bank

KEY = DraftKey("contact", "1")


def test_a_draft_that_was_given_up_is_open_to_every_session(bank: Bank) -> None:
    one, two = bank.office("lina").drafts, bank.office("lina").drafts
    one.save(KEY, {"content": "a"})
    with pytest.raises(DraftTaken):
        two.save(KEY, {"content": "b"})
    two.give_up(KEY)
    kept = two.load(KEY)
    assert kept is not None
    assert kept.elsewhere
    one.give_up(KEY)
    kept = two.load(KEY)
    assert kept is not None
    assert not kept.elsewhere
    two.claim(KEY, kept)
    assert one.load(KEY).elsewhere
    with pytest.raises(DraftTaken):
        one.claim(KEY, kept)


def test_what_a_form_has_not_seen_is_not_written_over(bank: Bank) -> None:
    one, two = bank.office("lina").drafts, bank.office("lina").drafts
    one.save(KEY, {"content": "a"}, known=None)
    one.give_up(KEY)
    seen = one.load(KEY)
    bank.clock.at += timedelta(seconds=5)
    two.save(KEY, {"content": "a, b"}, known=two.load(KEY))
    two.give_up(KEY)
    for known in (seen, None):
        with pytest.raises(DraftTaken):
            one.save(KEY, {"content": "a"}, known=known)
    assert seen is not None
    with pytest.raises(DraftTaken):
        one.claim(KEY, seen)
    one.save(KEY, {"content": "a, b, c"}, known=one.load(KEY))
    assert one.load(KEY).values == {"content": "a, b, c"}


def test_a_draft_is_begun_only_where_there_is_none(bank: Bank) -> None:
    one, two = bank.office("lina").drafts, bank.office("lina").drafts
    two.begin(KEY, {"content": "b"})
    with pytest.raises(DraftTaken):
        one.begin(KEY, {"content": "a"})
    two.discard(KEY)
    with pytest.raises(DraftGone):
        one.take_over(KEY)
    one.begin(KEY, {"content": "a"})
    assert one.load(KEY).values == {"content": "a"}


@pytest.mark.parametrize("ends", ["log", "discard"])
def test_what_ends_a_form_ends_no_draft_that_another_session_left(bank: Bank, ends: str) -> None:
    customer = populate(bank)["张伟明"]
    one, two = bank.office("lina"), bank.office("lina")
    two.drafts.save(KEY, {"content": "b"})
    two.drafts.give_up(KEY)
    if ends == "log":
        one.contacts.log(customer, ContactForm(method="phone", content="a"), "key", KEY)
    else:
        one.drafts.discard(KEY)
    kept = one.drafts.load(KEY)
    assert kept is not None
    assert kept.values == {"content": "b"}
    bank.clock.at += timedelta(seconds=5)
    two.drafts.save(KEY, {"content": "b, c"})
    two.drafts.give_up(KEY)
    with pytest.raises(DraftTaken):
        one.drafts.discard(KEY, kept)
    one.drafts.discard(KEY, one.drafts.load(KEY))
    assert one.drafts.load(KEY) is None


def test_a_form_ends_the_draft_that_it_began_with_though_its_claim_failed(bank: Bank) -> None:
    office = bank.office("lina")
    Drafts(bank.store, bank.dead_session("lina")).save(KEY, {"content": "a"})
    work = keeping(office, KEY, lambda _said: office.drafts.discard(KEY), office.drafts.load(KEY))
    work.submit(Submission({}, "key", 0))
    assert office.drafts.load(KEY) is None
