"""schemathesis reads the API definition and asks for what it declares, and for what it forbids."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from otn.model.service import read_service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SEED = 20240506
Case = schemathesis.Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
LARGEST_PAGE = read_service().maximum_limit


def forbidden_data_rejection(context: CheckContext, response: Response, case: Case) -> bool | None:
    """What the definition forbids is refused, but for what is said otherwise.

    A limit above the maximum gives the maximum, as /per/core/fc-limit-response-2 of Features Part 1 permits, and a
    page leaves out the empty fields of its form, and a member of a search is read as the text of a parameter whatever
    JSON writes it as.
    """
    if case.method == "POST":
        return None
    query = case.query or {}
    limit = str(query.get("limit", ""))
    if limit.isdecimal() and int(limit) > LARGEST_PAGE:
        return None
    if query.get("f") == "html" and "" in query.values():
        return None
    return negative_data_rejection(context, response, case)


@pytest.fixture(scope="module")
def definition(address: str) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{address}/api")


def operations(definition: BaseSchema) -> Iterator[Operation]:
    for result in definition.get_all_operations():
        assert isinstance(result, Ok), result.err()
        yield result.ok()


def exercise(operation: Operation, mode: GenerationMode, examples: int, start: int, checks: list[Any]) -> int:
    """Calls the operation with generated parameters; gives how often."""
    calls = 0

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        nonlocal calls
        calls += 1
        case.call_and_validate(checks=checks, timeout=20)

    call()
    return calls


def exercise_all(definition: BaseSchema, examples: int, start: int, checks_of_forbidden: list[Any]) -> None:
    calls = 0
    for operation in operations(definition):
        calls += exercise(operation, GenerationMode.POSITIVE, examples, start, CHECKS)
        if operation.query or operation.path_parameters:
            calls += exercise(operation, GenerationMode.NEGATIVE, examples, start, checks_of_forbidden)
    print(f"schemathesis {schemathesis.__version__}: {calls} requests, seed {start}")


def test_declared_operations_answer_as_declared(definition: BaseSchema) -> None:
    exercise_all(definition, 5, SEED, [*CHECKS, forbidden_data_rejection])


@pytest.mark.trust
def test_declared_operations_answer_as_declared_for_long(definition: BaseSchema) -> None:
    start = random.randrange(2**32)  # noqa: S311
    print(f"seed {start}")
    exercise_all(definition, 60, start, CHECKS)
