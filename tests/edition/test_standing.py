"""What is said of editions beside the database: current, behind, missing a file, or another database's."""

from otn.edition.standing import behind, forget_foreign, standings
from tests.edition.conftest import House


def test_an_edition_is_current_until_the_next_load_that_changes_anything(house: House) -> None:
    assert behind(house.url, house.editions) == []
    first = house.load("elsewhere/roads", "a")
    assert behind(house.url, house.editions) == ["roads"]
    house.publish()
    house.load("elsewhere/roads", "a")
    [standing] = standings(house.url, house.editions)
    assert (standing.is_current, standing.version, standing.kept) == (True, first, (first,))
    second = house.load("elsewhere/roads", "b")
    [standing] = standings(house.url, house.editions)
    assert (standing.is_current, standing.version, standing.kept) == (False, second, (first,))


def test_an_edition_that_lacks_a_file_is_behind(house: House) -> None:
    house.load("elsewhere/roads", "a")
    [part] = house.publish().manifest.parts
    (house.editions / "roads" / "parts" / part.file).unlink()
    assert behind(house.url, house.editions) == ["roads"]


def test_who_serves_another_database_forgets_editions_that_are_not_its_own(house: House, sample_url: str) -> None:
    house.load("elsewhere/roads", "a")
    house.publish()
    forget_foreign(house.url, house.editions)
    assert [standing.is_current for standing in standings(house.url, house.editions)] == [True]
    forget_foreign(sample_url, house.editions)
    assert [standing.newest for standing in standings(house.url, house.editions)] == [None]


def test_a_database_that_was_restored_to_an_earlier_day_has_none_of_the_later_editions(house: House) -> None:
    first = house.load("elsewhere/roads", "a")
    house.publish()
    house.load("elsewhere/roads", "b")
    house.publish()
    house.restore(first)
    forget_foreign(house.url, house.editions)
    [standing] = standings(house.url, house.editions)
    assert standing.kept == (first,)
