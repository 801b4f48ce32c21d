"""One suite for every registered learner, ours or another package's: what the harness relies on.

Each check is a function that raises AssertionError with an explanation; `CHECKS` lists them all.
All later checks depend on those in `GATES`; `NEEDS` names further dependencies of single ones;
`QUICK` are those that a learner of another package passes before its first run in a study.
"""

from collections.abc import Callable

from coldbench.conformance.answers import (
    answers_are_ratings,
    batch_mates_do_not_matter,
    global_generators_are_left_alone,
    order_does_not_matter,
    other_queries_do_not_matter,
    padding_does_not_matter,
    prediction_is_pure,
    same_answer_twice,
)
from coldbench.conformance.declared import (
    configuration_is_plain,
    contract_is_declared,
    copies_predict_alike,
    space_is_legal,
    stored_model_predicts_alike,
)
from coldbench.conformance.gain import learning_beats_chance, ratings_matter
from coldbench.conformance.leaks import (
    a_part_of_the_tasks_is_enough,
    earlier_work_does_not_matter,
    errors_are_possible,
    targets_are_never_seen,
)
from coldbench.conformance.odd_data import (
    another_scale_works,
    no_content_works_or_is_declined,
    short_supports_work,
    unknown_content_works,
)
from coldbench.conformance.problem import Problem

__all__ = ["CHECKS", "GATES", "NEEDS", "QUICK"]

CHECKS: dict[str, Callable[[Problem], None]] = {
    check.__name__: check
    for check in (
        contract_is_declared,
        configuration_is_plain,
        space_is_legal,
        answers_are_ratings,
        global_generators_are_left_alone,
        prediction_is_pure,
        same_answer_twice,
        order_does_not_matter,
        batch_mates_do_not_matter,
        other_queries_do_not_matter,
        padding_does_not_matter,
        targets_are_never_seen,
        earlier_work_does_not_matter,
        a_part_of_the_tasks_is_enough,
        errors_are_possible,
        short_supports_work,
        unknown_content_works,
        no_content_works_or_is_declined,
        another_scale_works,
        copies_predict_alike,
        stored_model_predicts_alike,
        ratings_matter,
        learning_beats_chance,
    )
}

QUICK = (
    configuration_is_plain,
    answers_are_ratings,
    global_generators_are_left_alone,
    prediction_is_pure,
    same_answer_twice,
    order_does_not_matter,
    batch_mates_do_not_matter,
    other_queries_do_not_matter,
    padding_does_not_matter,
    targets_are_never_seen,
    earlier_work_does_not_matter,
    a_part_of_the_tasks_is_enough,
    short_supports_work,
)

GATES = (
    configuration_is_plain,
    answers_are_ratings,
    global_generators_are_left_alone,
    prediction_is_pure,
    same_answer_twice,
)

NEEDS = {
    padding_does_not_matter: (batch_mates_do_not_matter, other_queries_do_not_matter),
    a_part_of_the_tasks_is_enough: (batch_mates_do_not_matter, other_queries_do_not_matter),
    another_scale_works: (padding_does_not_matter,),
    learning_beats_chance: (padding_does_not_matter, ratings_matter),
}
